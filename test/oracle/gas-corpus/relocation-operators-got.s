	adrp x0, :got:ext
	ldr x0, [x0, :got_lo12:ext]
	ldr x0, [x0, :gotpage_lo15:ext]
	ldr x0, :got:ext
	movz x0, #:gotoff_g1:ext
	movk x0, #:gotoff_g0_nc:ext
	ldr x0, [x0, #:gotoff_lo15:ext]
