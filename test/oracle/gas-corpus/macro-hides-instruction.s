	.macro nop
	.byte 1
	.endm
	nop
