	.pushsection .a, "a"
	.byte 1
	.pushsection .b, 2, "aw"
	.byte 2
	.popsection
	.byte 3
	.popsection
	nop
	.previous
	.byte 4
