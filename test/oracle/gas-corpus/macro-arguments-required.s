	.macro m a:req, b
	.ascii "[\a][\b]"
	.endm
	m 1
	m 1, 2
