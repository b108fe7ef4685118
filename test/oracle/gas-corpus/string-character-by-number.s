	.ascii "ab" <13> <10>
	.asciz <65>
	.ascii "x", <66>, "y"
