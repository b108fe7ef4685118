	.set a, 1
	.equiv b, 2
b:	nop
