	.section "my section","a"
	.byte 1
