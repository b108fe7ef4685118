	.quad 7/0
	.quad 7%0
