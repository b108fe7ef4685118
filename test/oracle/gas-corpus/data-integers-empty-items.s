	.byte 1,,2
	.word
	.byte
