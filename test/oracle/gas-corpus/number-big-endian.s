// options: -EB
	.octa 0x0123456789abcdef0123456789abcdef, -1
	.quad 0x0123456789abcdef
	.word 0x01234567
	.hword 0x0123
