	.nops 8
	.nop
	.byte 1
	.nops 4
