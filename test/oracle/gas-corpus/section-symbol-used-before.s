	.text
	adrp x0, .later
	.section .later,"a"
	.quad .later
