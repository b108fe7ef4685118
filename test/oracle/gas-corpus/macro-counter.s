	.macro m
	.byte \@
	.endm
	m
	m
	.macro n
	m
	.byte \@
	.endm
	n
	m
