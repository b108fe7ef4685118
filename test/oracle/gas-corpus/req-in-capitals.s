x .req x5
	add x, x, #1
	.unreq x
X .req x6
	add x, X, #1
