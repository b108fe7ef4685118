// The extension alone does not allow the instruction.
	.arch armv8-a+memtag
	irg x0, x1
