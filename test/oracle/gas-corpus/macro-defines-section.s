	.macro put s, v
	.pushsection \s,"a"
	.byte \v
	.popsection
	.endm
	put .foo, 1
	put .bar, 2
	put .foo, 3
