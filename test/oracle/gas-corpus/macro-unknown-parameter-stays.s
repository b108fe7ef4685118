	.macro m a
	.ascii "\a \b"
	.endm
	m 1
