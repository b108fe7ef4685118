	.macro m, a, b
	.byte \a, \b
	.endm
	m 1, 2
