	.global a
a = 0x1000
	.set b, 0x2000
	.quad a, b
	bl a
