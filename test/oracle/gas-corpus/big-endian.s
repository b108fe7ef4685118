// options: -EB
	nop
	ldr x0, =0x0123456789abcdef
	.word 1, ext, . - 4
	adrp x0, ext
	.quad ext
	.byte 1
	.align 3
