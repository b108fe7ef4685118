	.equiv a, 3
	.quad a
