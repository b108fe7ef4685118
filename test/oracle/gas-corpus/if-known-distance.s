a:	nop
	.space 12
	.fill 2, 4, 1
b:
	.if b - a == 24
	.byte 1
	.endif
	.if . - a > 20
	.byte 2
	.endif
