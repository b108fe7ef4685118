	.macro m a:foo
	.endm
	m 1
