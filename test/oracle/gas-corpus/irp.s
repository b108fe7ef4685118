	.irp r, x0, x1, x2
	mov \r, #1
	.endr
	.irp v,1,2,3
	.byte \v
	.endr
	.irp v
	.ascii "[\v]"
	.endr
	.irp v, "a b", c
	.ascii "[\v]"
	.endr
	.irp v a b c
	.ascii "[\v]"
	.endr
