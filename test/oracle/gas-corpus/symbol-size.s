a:	nop
	nop
	.size a, .-a
	.size b, 12
b:	nop
	.size c, d - c
c:	nop
d:
