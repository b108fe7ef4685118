	.macro MixedCase A
	.byte \A
	.endm
	mixedcase 1
	MIXEDCASE 2
	MixedCase 3
