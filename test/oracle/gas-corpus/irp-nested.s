	.irp a, 1, 2
	.irp b, 3, 4
	.byte \a, \b
	.endr
	.endr
