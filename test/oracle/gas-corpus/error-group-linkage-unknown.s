	.section .a, "aG", @progbits, g, frob
