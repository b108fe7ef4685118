	.set a 5
