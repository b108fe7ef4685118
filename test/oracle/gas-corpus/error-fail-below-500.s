	.fail 499
