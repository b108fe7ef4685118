	.altmacro
	.set n, 3
	.macro m a
	.byte a
lab&a: nop
	.endm
	.rept 2
	m %n
	.set n, n + 1
	.endr
