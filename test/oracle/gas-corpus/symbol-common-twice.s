	.comm a, 8, 8
	.comm a, 8, 8
	.comm a, 16, 8
