	.section .other,"ax"
o:	nop
p:	nop
	.text
	b p
	bl p
	b.eq p
	cbz x0, p
	tbnz x0, #1, p
	adr x0, p
	adrp x0, p
	ldr x0, p
