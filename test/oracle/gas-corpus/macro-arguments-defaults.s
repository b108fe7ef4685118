	.macro m a=1, b=2, c
	.ascii "[\a][\b][\c]"
	.endm
	m
	m 5
	m ,6
	m b=7
	m c=8, a=9
	m 1, c=2
