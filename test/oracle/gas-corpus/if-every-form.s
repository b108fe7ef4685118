	.if 0
	.byte 1
	.elseif 1 > 2
	.byte 2
	.elseif . - .
	.byte 3
	.else
	.byte 4
	.endif
	.ifgt 1
	.byte 5
	.endif
	.ifge 0
	.byte 6
	.endif
	.iflt -1
	.byte 7
	.endif
	.ifle 0
	.byte 8
	.endif
	.ifne 3
	.byte 9
	.endif
	.ifeq 0
	.byte 10
	.endif
	.ifnotdef nowhere
	.byte 11
	.endif
	.ifc a b,a b
	.byte 12
	.endif
	.ifnc a , a
	.byte 13
	.endif
	.ifeqs "a\"b", "a\"b"
	.byte 14
	.endif
	.if 1 - 1
	.else
	.byte 15
	.endc
