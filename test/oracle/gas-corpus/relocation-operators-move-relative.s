	movz x0, #:prel_g0:ext
	movk x0, #:prel_g0_nc:ext
	movz x0, #:prel_g1:ext
	movk x0, #:prel_g1_nc:ext
	movz x0, #:prel_g2:ext
	movk x0, #:prel_g2_nc:ext
	movz x0, #:prel_g3:ext
