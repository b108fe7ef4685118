	.space 3
	.skip 2, 0xaa
	.zero 4
	.zero 2, 1
	.space 2, -1
