	.macro m a // the parameter
	.byte \a // a comment \a
	/* \a */ .byte \a
	.endm
	m 5
