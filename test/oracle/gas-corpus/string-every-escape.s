	.ascii "\x41\101\t\b\f\r\n\\\"\e"
	.ascii "\x123\0\08"
	.asciz ""
	.ascii ""
