	.macro m r, t
	.ascii "\r\()x"
	.ascii "\r\()\t"
	mov \r\(), \t
	.endm
	m x1, x2
