	.macro m regs:vararg
	.irp r, \regs
	mov \r, xzr
	.endr
	.endm
	m x1, x2, x3
