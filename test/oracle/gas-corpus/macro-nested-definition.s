	.macro outer n
	.macro inner\n
	.byte \n
	.endm
	.endm
	outer 1
	outer 2
	inner1
	inner2
