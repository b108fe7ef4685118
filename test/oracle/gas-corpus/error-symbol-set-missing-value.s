	.set a,
