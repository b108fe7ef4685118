	.macro m a
	.byte \a
	.endm
	m b=1
