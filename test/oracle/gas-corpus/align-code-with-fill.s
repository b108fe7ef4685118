	nop
	.align 4, 0
	nop
	.balign 16, 0xcc
	nop
