	.bss
a:	.space 4
	.skip 3
	.align 3
b:	.zero 8
	.byte 0
	.text
	.quad a, b
