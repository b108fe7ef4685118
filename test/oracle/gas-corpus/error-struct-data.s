	.struct 0
	.word 1
