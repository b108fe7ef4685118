	nop
	.word 1
	nop
	.word 2
	.word 3
	ret
