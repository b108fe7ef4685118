	.quad 1+
	.quad 3*
