	.macro m a b c
	.byte \a, \b, \c
	.endm
	m 1 2 3
