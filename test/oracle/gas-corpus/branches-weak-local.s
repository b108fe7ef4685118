	.weak w
w:	b w
	bl w
