	.macro m s, t
	.ascii "\s"
	.ascii "\t"
	.endm
	m "abc, def", "x\ty"
	m "a b" c
