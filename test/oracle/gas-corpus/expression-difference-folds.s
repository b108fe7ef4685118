a:	nop
	nop
b:	.word b - a, a - b, (b - a) / 4, b - a + 1, (b-a)*(b-a)
	.if b - a == 8
	.byte 1
	.endif
