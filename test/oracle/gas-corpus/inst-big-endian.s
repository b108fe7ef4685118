// options: -EB
	.inst 0xd503201f
	nop
	.word 1
