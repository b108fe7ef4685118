	.macro two
	nop
	nop
	.endm
	two
	two
