	.cfi_endproc
