	.data
	.word 1
	.space 4
	.word 2
	.section .foo,"ax"
	.word 1
	.text
	.space 4
	nop
	.section .foo
	nop
