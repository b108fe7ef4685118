	ldr x0, =0x123456789
	.subsection 1
	ldr x0, =0x987654321
	nop
