	.bss
	.align 4, 0xff
	.space 4, 1
