	.if ext
	.byte 1
	.endif
