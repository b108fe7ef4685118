	mrs x0, oslar_el1
	msr midr_el1, x0
	msr currentel, x0
	mrs x0, icc_eoir1_el1
	msr oslsr_el1, x0
