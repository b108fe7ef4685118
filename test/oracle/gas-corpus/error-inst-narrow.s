// Narrow instructions are Thumb.
	.inst.n 1
