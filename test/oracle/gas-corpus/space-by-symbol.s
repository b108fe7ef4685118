	nop
	.space b - a, 7
	nop
a:	nop
	nop
b:
