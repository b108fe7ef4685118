	.macro outer
	.macro inner a
	.byte \a
	.endm
	inner 3
	.endm
	outer
	inner 4
