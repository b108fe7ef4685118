	.macro m a, b
	.ascii "[\a][\b]"
	.endm
	m ((1 2) 3) 4
	m [[1 2] (3 4)] 5
	m (1,2) 3
