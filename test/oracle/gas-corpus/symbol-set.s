	.set a, 5
	.equ b, a + 1
c = b * 2
	.quad a, b, c
	.set a, 7
	.quad a
	.global a
