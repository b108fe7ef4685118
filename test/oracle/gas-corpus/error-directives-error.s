	.error "stop here"
