	ldr x0, =1
	.ltorg
	ldr x0, =1
	b 1f
	.pool
1:	ldr w0, =2
	ret
