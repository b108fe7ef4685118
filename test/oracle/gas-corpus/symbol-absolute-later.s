	.quad a, b
	bl a
	mov x0, #b
	.global a
a = 0x1000
	.set b, 0x20
