	.global g
g:	nop
	.set l, g
	.set m, g + 4
	.global h
	.set h, g
	b g
	b l
	b h
	.quad l, m, h
