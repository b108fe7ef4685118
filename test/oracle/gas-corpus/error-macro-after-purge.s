	.macro m
	.byte 1
	.endm
	.purgem m
	m
