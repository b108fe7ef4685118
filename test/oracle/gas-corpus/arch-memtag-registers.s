// The registers and operations need the extension alone.
	.arch armv8-a+memtag
	mrs x0, tco
	mrs x1, gcr_el1
	msr tco, #1
	dc gva, x0
	.arch armv8.5-a+memtag
	stg x0, [x1]
