	mov x0, #a
	add x1, x1, #a
	sub x1, x1, #b - c
	ldr x2, [x3, #a]
	ldp x2, x3, [x4, #a]
	and x5, x5, #a
	hvc #a
	ldr x2, [x3], #a
	str x2, [x3, #neg]
	add x6, x6, #neg
	.set a, 8
	.set neg, -8
c:	nop
b:	nop
