	.altmacro
	.macro m a
	.ascii a
	.endm
	m "abc"
	m "it!'s"
