	.irp
	.endr
