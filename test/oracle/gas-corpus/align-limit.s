	.byte 1
	.align 4, , 3
	.byte 2
	.align 4, 0, 20
	.byte 3
	.balign 16, 0xff, 2
	.byte 4
	.p2align 2,,2
	.byte 5
