	.octa ext
