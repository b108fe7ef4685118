# a line comment
	.byte 1 // to the end
	/* over
	   lines */ .byte 2
	.byte 3 /* inside */ , 4
	nop; nop // two statements
	.ascii "// not a comment /* nor this */ # nor this"
