	.data
d:	.word 1
	.text
a:	.word d + a
