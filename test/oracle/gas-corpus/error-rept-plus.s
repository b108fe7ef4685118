	.rept 3
	.byte \+
	.endr
	.macro m
	.byte \+
	.endm
	m
	m
