	.macro m
	.byte 1
	.endm
	m
