	.size a, ext
a:	nop
