	.loc 9 1
	nop
