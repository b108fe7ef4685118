	.section .tdata,"awT",@progbits
	.global t
t:	.word 1
l:	.word 2
	.section .tbss,"awT",@nobits
u:	.space 4
	.text
	.quad l
