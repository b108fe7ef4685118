// .bss takes no subsection.
	.bss 1
