v .req v3
d .req d4
	ld1 {v.4s}, [x0]
	fmov d, x1
	.unreq v
	.unreq d
