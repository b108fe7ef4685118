	.macro m x
	.if \x
	.byte 1
	.exitm
	.else
	.byte 2
	.endif
	.byte 3
	.endm
	m 1
	m 0
