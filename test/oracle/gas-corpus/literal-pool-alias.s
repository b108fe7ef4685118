tmp	.req x9
	ldr tmp, =0x1234567890
