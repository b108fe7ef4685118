	.ascii "abcd"
	nop
	.asciz "abc"
