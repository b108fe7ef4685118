	mov x0, #1
	add x0, x0, # 2
