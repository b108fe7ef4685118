	.rept 3
1:	b 1b
	.endr
