	.bss
	.ascii "a"
