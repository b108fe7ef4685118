	.endm
	.endr
	.byte 1
