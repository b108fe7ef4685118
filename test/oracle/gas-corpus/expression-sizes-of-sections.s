	.data
	.word 1,2,3
	.text
	.quad .sizeof.(.data), .startof.(.data)
