	.set a, 1
	.ifdef a
	.byte 1
	.endif
	.ifndef a
	.byte 2
	.endif
	.ifnotdef b
	.byte 3
	.endif
	b c
	.ifdef c
	.byte 4
	.endif
c:
