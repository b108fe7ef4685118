	.arch armv8.1-a
	.arch_extension nolse
	ldadd x0, x1, [x2]
