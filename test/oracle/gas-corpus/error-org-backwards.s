	nop
	nop
	.org 4
