	.struct 8
a:	.space 4
b:	.word 0
	.align 3
c:	.struct 100
d:
	.text
	.word a, b, c, d
	.offset 16
e:	.skip 2
f:
	.data
	.byte e, f
