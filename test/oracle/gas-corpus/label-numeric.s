1:	b 1b
	b 1f
1:	b 1b
	b 1f
2:	b 2b
1:	b 1b
123:	b 123b
	b 123f
123:
