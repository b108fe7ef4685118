	.irpc c, abc
	.ascii "[\c]"
	.endr
	.irpc d,0123
	.byte \d
	.endr
	.irpc c, "a b"
	.ascii "[\c]"
	.endr
	.irpc c
	.ascii "<\c>"
	.endr
	.irpc c, a b
	.ascii "[\c]"
	.endr
