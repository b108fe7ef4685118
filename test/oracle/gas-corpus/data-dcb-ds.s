	.dcb.b 3, 0x11
	.dcb.w 2
	.dcb.l 2
	.ds.b 2
	.ds.w 2
	.ds.l 1
	.ds.d 1
	.dcb.s 2, 1.5
	.dcb.d 1, 2.5
	.ds 1
	.dcb 1
