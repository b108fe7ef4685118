a:	movz x0, #:abs_g1:a
	movk x0, #:abs_g0_nc:b
b:	nop
