	.altmacro
	.macro m a, b=<1,2>
	LOCAL l1, l2
l1:	.byte 9
l2:	.byte a
	.byte b
	.ascii "&a"
	.endm
	m 3
	m %(1+2), <4,5>
	m 7, 6
	.noaltmacro
