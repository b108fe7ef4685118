	.if 0
	nonsense here ( [ {
	.unknown
	.macro x
	.else
	.byte 1
	.endif
