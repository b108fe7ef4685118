	.space 0
	.space -1
	.byte 1
