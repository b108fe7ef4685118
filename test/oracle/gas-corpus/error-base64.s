// A directive of later versions.
	.base64 "aGVsbG8="
