a:	nop
	.comm a, 4
