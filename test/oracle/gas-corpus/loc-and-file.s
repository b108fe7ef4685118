	.file 1 "a.c"
	.file 2 "b.c"
	.loc 1 10 3
	nop
	.loc 2 20
	nop
