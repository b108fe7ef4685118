	.fill -1, 1, 1
	.byte 1
