	.macro m
	.irp x, 1, 2
	.byte \x, \@
	.endr
	.endm
	m
	m
