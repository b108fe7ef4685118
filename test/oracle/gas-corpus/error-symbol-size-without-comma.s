	.size a
