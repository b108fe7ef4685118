	.macro alt a, b
661:	\a
662:	.pushsection .r, "ax"
663:	\b
664:	.popsection
	.org . - (664b-663b) + (662b-661b)
	.org . - (662b-661b) + (664b-663b)
	.endm
	alt "nop", "nop; nop"
