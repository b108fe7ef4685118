	.comm a, 8
	.comm b, 16, 16
	.comm c, 4, 4
	.local d
	.comm d, 8, 8
	.lcomm e, 4
	.lcomm f, 16
	.common g, 12, 4
	.quad a, d, e
