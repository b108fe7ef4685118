	.arch armv99
