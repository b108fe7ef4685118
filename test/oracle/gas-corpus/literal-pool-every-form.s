	ldr x0, =0x123456789abcdef0
	ldr w1, =0x12345678
	ldr x2, =sym
	ldr x3, =sym + 8
	ldr w4, =sym
	ldr x5, =sym
	ldr d0, =0x3ff0000000000000
	ldr q1, =0x123456789abcdef0123456789abcdef0
	ldr s2, =0x12345678
	ldrsw x6, =0x12345678
	.pool
	ldr x2, =sym
	.ltorg
	.ltorg
