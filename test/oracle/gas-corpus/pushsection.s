	.text
	.byte 1
	.pushsection .foo,"a"
	.byte 2
	.pushsection .bar,"aw",@progbits
	.byte 3
	.popsection
	.byte 4
	.popsection
	.byte 5
