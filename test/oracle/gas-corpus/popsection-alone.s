	.popsection
	.previous
	.byte 1
