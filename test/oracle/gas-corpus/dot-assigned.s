	.byte 1
. = 8
	.byte 2
. = . + 3
	.byte 3
