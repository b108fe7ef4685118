	nop
	.align 4
	nop
	.balign 32, , 8
	.balign 16, 0x12, 15
	.p2align 3, 1
	.p2alignw 3, 0x1234
	.p2alignl 4, 0x12345678
	.balignw 4, 0x1122
	.balignl 16, 0x11223344
	.byte 1
	.byte 1
	.align 0
	.balign 0
	.align
	.byte 2
