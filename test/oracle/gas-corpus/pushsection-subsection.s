	.pushsection .text,1
	.byte 1
	.popsection
	.byte 2
	.pushsection .foo,2,"a"
	.byte 3
	.popsection
