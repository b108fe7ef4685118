	.float 1e39
