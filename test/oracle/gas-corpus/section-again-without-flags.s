	.section .a,"ax"
	nop
	.text
	nop
	.section .a
	nop
