	.macro m a:req, b=5, c:vararg
	.byte \a, \b
	.ifnb \c
	.byte \c
	.endif
x\@\():
	.endm
	m 1
	m 1, 2
	m 1, 2, 3, 4
	m a=9
	m 1, , 7
	m 1 2 3
