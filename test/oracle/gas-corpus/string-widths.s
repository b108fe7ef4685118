	.string8 "ab"
	.string16 "ab"
	.string32 "ab"
	.string64 "a"
