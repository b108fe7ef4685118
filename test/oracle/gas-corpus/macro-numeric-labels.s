	.macro spin
1:	b 1b
	b 1f
1:
	.endm
	spin
1:	spin
	b 1b
