	.macro inner
	.exitm
	.byte 1
	.endm
	.macro outer
	inner
	.byte 2
	.endm
	outer
