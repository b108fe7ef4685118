	.global a, b
	.globl c
	.weak d, e
	.local f
	.hidden a
	.protected b
	.internal c
	.hidden d
a: b: c: d: f: nop
	bl e
	bl g
