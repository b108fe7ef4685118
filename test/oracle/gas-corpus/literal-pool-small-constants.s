	ldr x0, =0
	ldr x1, =0x10
	ldr w2, =-1
	ldr x3, =-1
	ldr x4, =0xffff0000
	ldr x5, =10-20
	ldr x6, =-10
