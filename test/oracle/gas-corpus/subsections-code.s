	nop
	.subsection 1
a:	b b
	.previous
b:	b a
	.subsection 1
	nop
