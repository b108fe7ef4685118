	.rept 2
	.ascii "\@ \+"
	.endr
