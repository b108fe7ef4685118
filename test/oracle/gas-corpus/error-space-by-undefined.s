	.space nowhere
