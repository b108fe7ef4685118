	.incbin "included.bin"
	.byte 0xff
	.incbin "included.bin", 2
	.byte 0xff
	.incbin "included.bin", 1, 3
