	.macro m a="x y", b = z
	.ascii "[\a][\b]"
	.endm
	m
	m q
