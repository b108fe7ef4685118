0:	b 0b
	b 0f
0:
