	.byte 1
	.align 2
	.byte 2
	.p2align 3
	.byte 3
	.balign 8
	.byte 4
	.align
	.balign 1
	.byte 5
