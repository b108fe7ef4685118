	.set a, 1
	.eqv b, a + 1
	.quad b
	.set a, 5
	.quad b
c == . + 4
	.quad c
	nop
	.quad c
