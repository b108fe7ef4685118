	.incbin "included.bin", 4, 100
