	.irp x, "a b", <c>, (d e), 5
	.ascii "\x"
	.endr
