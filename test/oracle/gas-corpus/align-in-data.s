	.data
	.byte 1
	.align 3
	.byte 2
	.align 2, 0xff
	.byte 3
	.balign 8, 0x11
	.byte 4
