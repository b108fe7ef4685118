	.ifdef a
	.byte 1
	.else
	.byte 2
	.endif
	.global a
	.ifdef a
	.byte 1
	.else
	.byte 2
	.endif
a:	.ifdef a
	.byte 3
	.endif
	.set b, ext
	.ifdef b
	.byte 4
	.endif
