	.section .sol,#alloc,#write
	.byte 1
	.section .sox,#alloc,#execinstr
	nop
