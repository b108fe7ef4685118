	.macro m a, b
	.ascii "[\a][\b]"
	.endm
	m (x=1), 2
	m "x=1"
	m a==b
