	.macro m a, b:vararg
	.ascii "[\a][\b]"
	.endm
	m 1
	m 1, 2, 3
	m 1 2 3, 4
	m
