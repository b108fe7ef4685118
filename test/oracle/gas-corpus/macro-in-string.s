	.macro m s
	.ascii "\s"
	.ascii "a\\s"
	.endm
	m text
