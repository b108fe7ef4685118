	.bss
	.byte 1
