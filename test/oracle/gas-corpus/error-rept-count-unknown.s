	.rept ext
	.byte 1
	.endr
