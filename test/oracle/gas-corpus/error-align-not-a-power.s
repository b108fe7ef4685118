	.balign 6
