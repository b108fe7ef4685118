	.macro m a
	.ifb \a
	.byte 0
	.else
	.byte \a
	.endif
	.endm
	m
	m 4
