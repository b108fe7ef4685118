// options: -EB
	.float 1.5
	.double 1.5
