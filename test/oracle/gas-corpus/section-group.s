	.section .a,"axG",@progbits,grp,comdat
	.global grp
grp:	nop
	.section .b,"aG",@progbits,grp,comdat
	.word 1
	.section .c,"aG",@progbits,other
	.word 2
