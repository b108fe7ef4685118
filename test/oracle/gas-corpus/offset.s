	.offset
a:	.space 4
b:
	.text
	.byte b
