// Nothing is remembered.
	.cfi_startproc
	nop
	.cfi_remember_state
	.cfi_restore_state
	.cfi_restore_state
	.cfi_endproc
