	.elseif 1
	.endif
