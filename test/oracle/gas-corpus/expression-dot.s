a:	.quad ., . - a, . + 8
	.quad .-.
	b .
	b . + 8
	adr x0, . - 4
