	.rept 3
	.byte 1
	.exitm
	.byte 2
	.endr
	.irp x, 1, 2, 3
	.byte \x
	.if \x == 2
	.exitm
	.endif
	.endr
	.irpc x, 1-3
	.byte '\x
	.endr
	.irp x
	.byte 7\x
	.endr
	.irpc x,
	.byte 8
	.endr
	.rept 0
	.frob
	.endr
