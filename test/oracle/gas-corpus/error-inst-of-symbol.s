	.inst ext
