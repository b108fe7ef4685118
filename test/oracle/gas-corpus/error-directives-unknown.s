	.nonsense 1
