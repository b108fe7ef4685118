.Lx:	b .Lx
	.quad .Lx
	.global .Ly
.Ly:	nop
