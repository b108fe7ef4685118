	.incbin "no-such-file.bin"
