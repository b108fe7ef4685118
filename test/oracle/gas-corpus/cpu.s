	.cpu cortex-a53+crc
	crc32b w0, w1, w2
	.cpu cortex-a75
	ldadd x0, x1, [x2]
	.cpu generic
