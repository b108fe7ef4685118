	.dc 1
	.dc.a 1
	.dc.b 1
	.dc.w 1
	.dc.l 1
	.dc.s 1.5
	.dc.d 1.5
	.short 1
	.hword 1
	.int 1
	.long 1
	.word 1
	.xword 1
	.dword 1
	.quad 1
	.octa 1
	.2byte 1
	.4byte 1
	.8byte 1
	.float 1.5
	.single 1.5
	.double 1.5
	.float16 1.5
	.bfloat16 1.5
	.ascii "a" "b", "c"
	.asciz "a" "b", "c"
	.string "a", "c"
	.string8 "a"
	.string16 "a"
	.string32 "a"
	.string64 "a"
