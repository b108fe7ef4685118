	.byte 1 << 64
	.quad 1 << 65
	.byte 1/0
