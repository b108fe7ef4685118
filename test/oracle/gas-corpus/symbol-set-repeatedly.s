	.set i, 0
	.rept 4
	.byte i
	.set i, i + 1
	.endr
	.quad i
