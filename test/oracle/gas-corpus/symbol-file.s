	.file "prog.c"
	nop
