	.set n, 2
	.if n == 1
	.byte 1
	.elseif n == 2
	.byte 2
	.elseif n == 2
	.byte 3
	.else
	.byte 4
	.endif
	.if 0
	.elseif 0
	.else
	.byte 5
	.endif
