// A procedure begins in another.
	.cfi_startproc
	nop
	.cfi_startproc
	.cfi_endproc
