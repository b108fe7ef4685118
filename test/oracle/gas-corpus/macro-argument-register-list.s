	.macro m a, b
	.ascii "[\a][\b]"
	.endm
	m {v0.16b-v3.16b}, [x0]
	m v0.16b, v1.s[2]
