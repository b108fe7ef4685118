	.dc 1
	.dc.b 2
	.dc.w 3
	.dc.l 4
	.dc.a 5
	.dc.s 1.5
	.dc.d 2.5
