// Without meaning in ELF; a warning.
	.section .x, "a"
	.linkonce discard
	.byte 1
