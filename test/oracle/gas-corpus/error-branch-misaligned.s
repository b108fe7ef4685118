	b a+2
a:	nop
