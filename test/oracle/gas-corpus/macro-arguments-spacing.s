	.macro m a, b, c
	.ascii "[\a][\b][\c]"
	.endm
	m a b c
	m a, b, c
	m a + b, c
	m (a b), c d
	m [x0, #4], x1
	m [x0 , #4] , x1
	m "a b" c
	m "a,b", c
	m a,,c
	m ,b
	m x0 , x1
	m -1 -2
	m #1 #2
