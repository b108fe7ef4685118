	.quad @
