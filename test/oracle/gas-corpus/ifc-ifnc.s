	.ifc a,a
	.byte 1
	.endif
	.ifc a, a
	.byte 2
	.endif
	.ifc a b,a b
	.byte 3
	.endif
	.ifnc a,b
	.byte 4
	.endif
	.ifc ,
	.byte 6
	.endif
