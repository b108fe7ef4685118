	.dcb 2
	.dcb 2, 3
	.dcb.b 2, 3
	.dcb.w 2, 3
	.dcb.l 2, 3
	.dcb.s 2, 1.5
	.dcb.d 2, 1.5
	.ds 2
	.ds.b 2
	.ds.w 2
	.ds.l 2
	.ds.s 2
	.ds.d 2
	.ds.p 2
	.ds.x 2
