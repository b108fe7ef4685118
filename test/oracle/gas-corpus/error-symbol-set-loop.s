	.set a, b
	.set b, a
	.quad a
