	.section .u,"a",@progbits,unique,1
	.byte 1
	.section .u,"a",@progbits,unique,2
	.byte 2
	.section .u,"a",@progbits,unique,1
	.byte 3
