	.rept 3
	.byte 1
	.endr
	.rept 0
	.byte 2
	.endr
	.rep 2
	.byte 3
	.endr
