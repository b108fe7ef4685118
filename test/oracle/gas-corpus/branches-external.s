	b e
	bl e+4
	b.eq e
	cbz x0, e
	tbz x0, #1, e
	adr x0, e
	adrp x0, e
