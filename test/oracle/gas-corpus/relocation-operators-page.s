	adrp x0, ext
	adrp x0, :pg_hi21:ext
	adrp x0, :pg_hi21_nc:ext
	add x0, x0, :lo12:ext
	add x0, x0, #:lo12:ext+4
	ldrb w1, [x0, :lo12:ext]
	ldrh w1, [x0, #:lo12:ext]
	ldr w1, [x0, :lo12:ext]
	ldr x1, [x0, :lo12:ext]
	ldr q1, [x0, :lo12:ext]
	str b1, [x0, :lo12:ext]
	ldrsw x1, [x0, :lo12:ext]
	ldrsh x1, [x0, :lo12:ext]
	prfm pldl1keep, [x0, :lo12:ext]
