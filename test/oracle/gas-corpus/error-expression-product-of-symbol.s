a:	.word a * 2
