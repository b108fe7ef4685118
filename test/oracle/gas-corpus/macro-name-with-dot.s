	.macro m r
	.ascii "\r.8b \r\().8b"
	.endm
	m v0
