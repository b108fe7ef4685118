	.macro m
	nop
	.endm
a:	m
b: m
	b a
	b b
