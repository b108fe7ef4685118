	mov x0, #1 + 2
	mov x0, #(1 << 16)
	add x0, x0, #4 * 4
	ldr x0, [x1, #8 * 3]
	.set s, 3
	ldr x0, [x1, #(s * 8)]
	lsl x0, x0, #s
	mov x0, 'a'
	mov x0, #'a'
