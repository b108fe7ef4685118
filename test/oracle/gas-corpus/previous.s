	.text
	.byte 1
	.data
	.byte 2
	.previous
	.byte 3
	.previous
	.byte 4
	.section .x,"a"
	.byte 5
	.previous
	.byte 6
	.pushsection .y,"a"
	.byte 7
	.previous
	.byte 8
	.popsection
	.byte 9
	.previous
	.byte 10
