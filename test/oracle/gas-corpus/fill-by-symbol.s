	.fill b - a, 2, 0x55
	.byte 1
a:	nop
b:
