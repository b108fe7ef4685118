	.unreq nothing
