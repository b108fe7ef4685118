a:	adrp x0, a
	add x0, x0, :lo12:a
	ldr x1, [x0, :lo12:b]
	adrp x0, b
b:	nop
