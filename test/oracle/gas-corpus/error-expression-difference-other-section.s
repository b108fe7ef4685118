	.data
d:	.word 1
	.section .foo,"a"
e:	.word 1
	.text
	.word d - e
