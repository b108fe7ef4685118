	.word b - a
	.byte b - a
a:	nop
b:	nop
