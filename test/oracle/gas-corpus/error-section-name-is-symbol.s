sym:	nop
	.section sym,"a"
