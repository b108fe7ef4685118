	.fill 3
	.fill 3, 2
	.fill 3, 2, 0x1234
	.fill 2, 8, 0x1122334455667788
	.fill 2, 4, -1
	.fill 1, 3, 0x010203
