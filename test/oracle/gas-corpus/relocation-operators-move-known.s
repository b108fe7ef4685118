	movz x0, #:abs_g3:a
	movk x0, #:abs_g2_nc:a
	movk x0, #:abs_g1_nc:a
	movk x0, #:abs_g0_nc:a
	movz x1, #:abs_g0_s:n
	movz x1, #:abs_g1_s:n
	.set a, 0x1122334455667788
	.set n, -2
