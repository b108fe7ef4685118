	.section .init_array
	.quad 0
	.section .bss.foo
	.space 4
	.section .rodata
	.byte 1
	.section .rodata.str1.1,"aMS",@progbits,1
	.asciz "x"
	.section .note.GNU-stack,"",@progbits
	.section .text.hot
	nop
	.section .data.x
	.byte 1
	.section .comment
	.byte 1
	.section .note.foo,"a"
	.byte 1
	.section .fini_array.00001
