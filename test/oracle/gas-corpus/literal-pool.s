	ldr x0, =0x123456789abcdef0
	ldr w1, =0x12345678
	ldr x2, =ext
	ldr x3, =local
	ldr x4, =0x123456789abcdef0
	ldr w5, =0x12345678
	ldr x6, =ext
	ldr x7, =ext+8
	ldr d0, =0x3ff0000000000000
	ldr s1, =1
	ldr q2, =0x0123456789abcdef0123456789abcdef
	ldrsw x8, =0x12345678
local:	ret
