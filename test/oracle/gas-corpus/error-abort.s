	.abort
