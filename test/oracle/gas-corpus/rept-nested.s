	.rept 2
	.byte 1
	.rept 3
	.byte 2
	.endr
	.endr
