	.ascii "\b\f\n\r\t\v\\\"\a\e\q"
	.ascii "\0\7\101\1011\x41\x041\xfg\400"
	.asciz "a", "b" "c"
	.string "x"
