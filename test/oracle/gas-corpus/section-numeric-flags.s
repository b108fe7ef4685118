	.section .n,"0x3"
	.byte 1
	.section .o,"a0x100000"
	.byte 1
