	.section .r,"aR"
	.byte 1
