a:	nop
	.org 16
	nop
	.org a + 32, 0xff
	nop
	.org . + 4
	. = . + 8
	nop
	. = a + 64
	nop
