	.type f, %function
f:	nop
	.size f, 4
	.set g, f
	.global g
