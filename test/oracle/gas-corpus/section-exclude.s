	.section .x,"ae"
	.byte 1
