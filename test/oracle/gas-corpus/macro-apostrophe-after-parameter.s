	.macro m a
	.ascii "\a'x"
	.endm
	m 1
