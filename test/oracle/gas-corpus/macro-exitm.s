	.macro m a
	.byte 1
	.if \a
	.exitm
	.endif
	.byte 2
	.endm
	m 0
	m 1
	.byte 3
