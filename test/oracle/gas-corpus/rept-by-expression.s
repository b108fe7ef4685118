a:	nop
	nop
b:	.rept (b - a) / 4
	nop
	.endr
	.set n, 2
	.rept n * 2 - 1
	.byte n
	.endr
