// A procedure is one subsection's own.
	.cfi_startproc
	nop
	.section .other, "ax"
	.cfi_def_cfa_offset 16
	.text
	.cfi_endproc
