// A directive of a.out.
	.desc a, 1
