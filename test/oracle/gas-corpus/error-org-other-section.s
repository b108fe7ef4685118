	.data
d:	.word 1
	.text
	.org d
