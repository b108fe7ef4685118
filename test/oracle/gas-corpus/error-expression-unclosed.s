	.quad (1+2
