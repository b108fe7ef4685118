	.eqv a, 1
	.eqv a, 2
