	.set a, 1
	.equ b, a + 1
	c = b + 1
	d == c + 1
	.equiv e, 5
	.eqv f, . + 4
	.byte a, b, c, d, e
	.set a, 7
	.byte a, b
	nop
	.word f - .
