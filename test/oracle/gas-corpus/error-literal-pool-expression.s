	ldr x0, =a*2
a:	nop
