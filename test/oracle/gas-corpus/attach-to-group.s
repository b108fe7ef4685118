	.section .a,"ax"
	.attach_to_group grp
	nop
