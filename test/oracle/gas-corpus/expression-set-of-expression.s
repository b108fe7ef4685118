	.set a, (x - y) * 2
	.quad a
x:	nop
y:	nop
