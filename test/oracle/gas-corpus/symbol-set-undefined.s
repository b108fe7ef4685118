	.set a, ext
	.set b, ext + 4
	bl a
	.quad b
