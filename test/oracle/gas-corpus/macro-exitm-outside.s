	.exitm
	.byte 1
