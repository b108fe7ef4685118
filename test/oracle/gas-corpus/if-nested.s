	.if 0
	.if 1
	.byte 1
	.else
	.byte 2
	.endif
	.elseif 1
	.if 0
	.byte 3
	.else
	.byte 4
	.endif
	.else
	.byte 5
	.endif
