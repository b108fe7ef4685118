a:	nop
	.align 5
b:
	.if b - a == 32
	.byte 1
	.endif
