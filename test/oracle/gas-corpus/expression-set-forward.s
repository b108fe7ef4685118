	.set a, b + 4
	.quad a
b:	nop
	.set c, d
	.quad c
	.set d, 7
