	.byte 1, 2, 3
	.align 4
	nop
