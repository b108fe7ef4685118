	.fail 500
	.byte 1
