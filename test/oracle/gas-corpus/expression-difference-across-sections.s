	.data
d:	.word 1
	.text
a:	nop
	.word d - a, d - ., d + 4 - .
	.quad d - a, ext - .
	.hword ext - .
