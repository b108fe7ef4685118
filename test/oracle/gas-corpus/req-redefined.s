foo	.req x5
foo	.req x6
	mov foo, #1
