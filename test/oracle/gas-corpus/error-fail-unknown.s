	.fail nowhere
