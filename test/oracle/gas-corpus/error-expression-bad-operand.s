	.quad 1 + *
