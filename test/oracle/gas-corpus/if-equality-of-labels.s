a:	nop
b:	nop
	.if a == a
	.byte 1
	.endif
	.if a == b
	.byte 2
	.endif
	.if a != ext
	.byte 3
	.endif
