	.global g
g:	b g
	bl g
	b.ne g
	cbz x0, g
	tbz x0, #3, g
	adr x0, g
	ldr x0, g
