a:	nop
	.align 4
b:	.word b - a
	.quad b - a, 1 + b - a
	mov x0, #(b - a)
