	.section .debug_foo
	.byte 1
	.align 2
	.space 3
