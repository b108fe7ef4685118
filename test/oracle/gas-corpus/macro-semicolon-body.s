	.macro m a; .byte \a; .byte \a+1; .endm
	m 1; m 2
