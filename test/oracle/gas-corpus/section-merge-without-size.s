	.section .s,"aMS",@progbits
	.byte 1
