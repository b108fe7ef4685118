foo	.req x5
	mov foo, #1
	add FOO, foo, x1
	.unreq foo
bar	.req w3
	mov bar, wzr
	lr .req x30
	mov x0, lr
