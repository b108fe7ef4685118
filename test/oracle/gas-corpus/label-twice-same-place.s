a:
a:	nop
