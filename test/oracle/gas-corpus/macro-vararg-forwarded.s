	.macro inner a, b, c
	.ascii "[\a][\b][\c]"
	.endm
	.macro outer args:vararg
	inner \args
	.endm
	outer 1, 2, 3
	outer "x y", z
