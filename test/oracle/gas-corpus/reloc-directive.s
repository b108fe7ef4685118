a:	.word 0
	.word 0
	.reloc 0, R_AARCH64_ABS32, ext
	.reloc a + 4, R_AARCH64_PREL32, a + 8
	.reloc ., R_AARCH64_NONE, foo
	.quad 0
	.reloc . - 8, BFD_RELOC_64, 5
