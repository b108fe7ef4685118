	add x0, x0, #:lo12:a
	ldr x0, [x0, #:lo12:a + 8]
	movz x0, #:abs_g0:a+4
	add x0, x0, :LO12:a
