	.ifb
	.byte 1
	.endif
	.ifb x
	.byte 2
	.endif
	.ifnb x
	.byte 3
	.endif
	.ifnb
	.byte 4
	.endif
