	.weakref a, t
	bl a
	.weakref b, u
	bl u
	.weakref c, v
