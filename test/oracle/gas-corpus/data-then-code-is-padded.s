	.byte 1
	nop
	.byte 2
	.inst 0xd503201f
	.hword 3
	ret
