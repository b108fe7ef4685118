	nop
	.align 4
	nop
	.byte 1
	.align 3
	nop
