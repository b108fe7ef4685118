	.tlsdescldr t
	ldr x1, [x0]
	.tlsdescadd t
	add x0, x0, #0
	.tlsdesccall t
	blr x1
