	.reloc 0, R_AARCH64_NONSENSE, ext
