	.purgem nothing
	.byte 1
