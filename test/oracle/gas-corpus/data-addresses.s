a:	.quad a, a+8, ext, ext-4
	.word a, ext+1
	.hword ext
