	.data
	.word 1
	.balignw 16, 0x1234
	.word 2
	.balignl 16, 0x12345678
	.word 3
	.p2alignw 4, 0x1122
	.word 4
	.p2alignl 4, 0x11223344
