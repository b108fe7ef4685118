	.section .a,"axG",@progbits,grp,comdat
grp:	nop
	.section .b,"a?"
	.word 1
	.text
	.section .c,"a?"
	.word 2
