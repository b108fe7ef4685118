	.quad 1U, 2L, 3UL, 4ULL, 0x5UL, 6LL
