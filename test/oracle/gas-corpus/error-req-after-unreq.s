foo	.req x5
	.unreq foo
	mov foo, foo
