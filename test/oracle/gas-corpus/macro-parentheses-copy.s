	.macro m a
	.ascii "\(\a )"
	.ascii "\a\()b\()\(\@)"
	.endm
	m 5
