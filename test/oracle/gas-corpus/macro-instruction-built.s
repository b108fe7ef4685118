	.macro op name, rd, rn, rm
	\name \rd, \rn, \rm
	\name\()s \rd, \rn, \rm
	.endm
	op add, x0, x1, x2
	op sub, w0, w1, w2
	.macro cond c
	b.\c 1f
1:
	.endm
	cond eq
	cond ne
