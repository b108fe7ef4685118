	.byte 256
	.hword 65536
	.word 0x1ffffffff
	.byte -129
