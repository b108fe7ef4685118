	add x0, x0, #a
	.set a, 0x123456
