// A procedure is never ended.
	.cfi_startproc
	nop
