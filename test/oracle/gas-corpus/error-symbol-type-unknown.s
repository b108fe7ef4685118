	.type a, %nonsense
