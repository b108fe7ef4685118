	.section .s,"aMS",@progbits,1
.Ls:	.asciz "abc"
.Lt:	.asciz "def"
	.section .m,"aM",@progbits,8
	.quad 1
	.text
	.quad .Ls, .Lt, .Ls+1
	adrp x0, .Lt
	add x0, x0, :lo12:.Lt
