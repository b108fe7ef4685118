	.section .a,"a"
	.byte 1
	.section .a,"aw"
	.byte 2
