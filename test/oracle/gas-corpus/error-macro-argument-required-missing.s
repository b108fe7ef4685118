	.macro m a:req, b
	.byte \a
	.endm
	m
