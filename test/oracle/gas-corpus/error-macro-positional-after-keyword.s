	.macro m a, b
	.byte \a, \b
	.endm
	m a=1, 2
