	.quad x0, sp
