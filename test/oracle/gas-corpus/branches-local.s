a:	b a
	bl a
	b.eq a
	cbz x0, a
	tbz x0, #3, a
	b c
	cbnz w0, c
	tbnz x1, #40, c
c:	ret
