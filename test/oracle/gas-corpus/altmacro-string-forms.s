	.altmacro
	.macro s a
	.ascii "a"
	.endm
	s x
	s 'y'
	s <z>
	.irp r, 1, %2*3
	.byte r
	.endr
