	.align 4
	.data
	.align 4
	.section .x,"ax"
	nop
	.align 3
