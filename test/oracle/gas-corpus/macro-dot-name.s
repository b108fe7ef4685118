	.macro .mine a
	.byte \a
	.endm
	.mine 4
