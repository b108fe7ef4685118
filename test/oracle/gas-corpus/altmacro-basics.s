	.altmacro
	.macro m a, b
	.byte a, b
	.ascii "a &a& &b"
	.endm
	m 1, 2
	m %1+2, %(3*4)
	.noaltmacro
	.macro n a
	.ascii "a \a"
	.endm
	n 1
