	.rept 2
	.byte 1
