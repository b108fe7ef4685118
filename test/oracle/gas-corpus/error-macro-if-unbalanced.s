	.macro m
	.if 1
	.byte 1
	.endm
	m
