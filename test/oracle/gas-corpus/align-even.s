	.byte 1
	.even
	.byte 2
