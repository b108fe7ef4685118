	.macro m
	nop
here:	.endm
	m
	b here
