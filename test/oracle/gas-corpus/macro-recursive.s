	.macro sum from=0, to=5
	.byte \from
	.if \to-\from
	sum "(\from+1)",\to
	.endif
	.endm
	sum 0,5
