	.byte ext
