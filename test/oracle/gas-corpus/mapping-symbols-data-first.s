	.word 1
	nop
