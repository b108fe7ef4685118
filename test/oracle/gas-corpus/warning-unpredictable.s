	ldp x0, x0, [x1]
	ldr x0, [x0], #8
	stp x0, x1, [x0, #16]!
	stxr w0, x0, [x1]
	ldxp x0, x0, [x1]
	str x0, [x0, #8]!
