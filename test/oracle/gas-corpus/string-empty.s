	.asciz ""
	.ascii "", ""
	.string ""
