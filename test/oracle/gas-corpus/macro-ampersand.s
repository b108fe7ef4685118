	.macro m a, b
	.ascii "&a &a& &b&x &c &"
	.endm
	m 1, 2
