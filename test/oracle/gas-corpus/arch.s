	.arch armv8.1-a
	ldadd x0, x1, [x2]
	.arch armv8-a+lse
	ldadd x0, x1, [x2]
	.arch_extension crc
	crc32b w0, w1, w2
	.cpu cortex-a53
	crc32b w0, w1, w2
