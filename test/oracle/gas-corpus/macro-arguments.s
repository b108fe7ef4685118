	.macro m a, b, c
	.byte \a, \b, \c
	.endm
	m 1, 2, 3
	m 4 5 6
	m 7,8 9
	m 1+1, 2 * 3, (4 + 5)
