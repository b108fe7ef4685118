	.altmacro
	.macro m
	LOCAL lab, other
lab:	b lab
	b other
other:
	.endm
	m
	m
