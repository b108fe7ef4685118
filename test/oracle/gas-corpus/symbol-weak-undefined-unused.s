	.weak unused
	.weak used
	.global alone
	bl used
