	.byte b - a
a:	.space 300
b:
