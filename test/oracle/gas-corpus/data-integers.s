	.byte 1, 255, -1, -128
	.2byte 1, 0xffff, -1
	.short 2
	.hword 3
	.4byte 4, 0xffffffff, -1
	.word 5
	.long 6
	.int 7
	.8byte 8
	.quad 9
	.xword 10
	.dword 11
