// options: -EB
	.string16 "ab"
	.string32 "ab"
