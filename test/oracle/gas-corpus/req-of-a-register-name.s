x5 .req x6
	mov x5, x1
