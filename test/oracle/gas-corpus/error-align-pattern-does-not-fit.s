	.data
	.byte 1
	.balignw 4, 0x1234
