	.macro m a, b
	.ifc \a,\b
	.byte 1
	.else
	.byte 2
	.endif
	.ifc "\a","x y"
	.byte 3
	.endif
	.endm
	m a, a
	m a, b
	m "x y", "x y"
	m x0, X0
