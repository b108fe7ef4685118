	.byte 1
	.include "included.inc"
	.byte 2
