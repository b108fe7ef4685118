	.text
	.byte 1
	.text 2
	.byte 2
	.text 1
	.byte 3
	.subsection 0
	.byte 4
	.data 1
	.byte 5
	.data
	.byte 6
	.subsection 3
	.byte 7
