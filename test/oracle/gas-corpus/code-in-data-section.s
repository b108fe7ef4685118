	.data
	.byte 1, 2, 3, 4
	nop
	.byte 5
	nop
