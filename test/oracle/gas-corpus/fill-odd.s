	.fill 0, 4, 1
	.fill 2, 0, 1
	.fill -1, 4, 1
	.fill 2, 9, 1
	.fill 2, -1, 1
