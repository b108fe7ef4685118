	.macro loop
.Lloop\@:
	b .Lloop\@
loop\@:
	.endm
	loop
	loop
