	.global f
	.variant_pcs f
f:	nop
