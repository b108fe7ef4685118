	.set here, .
	nop
	.set there, . + 4
	.quad here, there
x = .
	x = x + 4
	.quad x
