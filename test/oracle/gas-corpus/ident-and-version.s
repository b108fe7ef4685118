	.ident "made by hand"
	.ident "twice"
	.version "1.0"
	nop
