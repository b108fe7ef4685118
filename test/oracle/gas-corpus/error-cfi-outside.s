// A call-frame directive outside a procedure.
	nop
	.cfi_def_cfa_offset 16
