	tbz x0, #1, a
	.space 0x10000
a:	nop
