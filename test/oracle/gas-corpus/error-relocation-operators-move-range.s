	movz x0, #:abs_g0:a
	.set a, 0x12345
