// The bits themselves, from the most significant on.
	.float 0f:40490fdb, 0f:4, 0f:404
	.double 0d:400921fb54442d18, 0x:3ff
	.float16 0h:3c00
