	.section .a,"aw",@progbits
	.section .a,"aw",@nobits
