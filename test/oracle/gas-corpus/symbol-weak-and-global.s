	.weak a
	.global a
	.global b
	.weak b
a: b: nop
	bl a
	bl b
