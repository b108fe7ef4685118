	.section .rodata,"aw"
	.byte 1
	.section .bss,"ax",@progbits
	.section .data,"a"
