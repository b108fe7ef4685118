	.if 1
	.byte 1
	.endif
	.if 0
	.byte 2
	.else
	.byte 3
	.endif
	.ifeq 0
	.byte 4
	.endif
	.ifne 0
	.byte 5
	.endif
	.ifgt 1
	.byte 6
	.endif
	.ifge 0
	.byte 7
	.endif
	.iflt -1
	.byte 8
	.endif
	.ifle 0
	.byte 9
	.endif
