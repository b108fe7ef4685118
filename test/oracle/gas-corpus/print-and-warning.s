	.print "hello"
	.warning "careful"
	.byte 1
