	.section .foo,"a"
	.quad .foo, .text, .data+4
	.text
	nop
