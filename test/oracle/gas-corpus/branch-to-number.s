	b 0x100
	bl 8
	cbz x0, 16
