	.section .first,"ax"
f:	nop
	.section .meta,"ao",@progbits,f
	.quad f
	.section .meta,"ao",@progbits,.text
	.quad 1
