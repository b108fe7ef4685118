a:	.word 1
	ldr x0, a
	ldr w0, a+0
	ldr x1, ext
	ldrsw x2, a
	prfm pldl1keep, a
