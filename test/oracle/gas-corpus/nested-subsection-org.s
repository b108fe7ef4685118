	.macro alt a, b
661:	\a
662:	.subsection 1
663:	\b
664:	.org . - (664b-663b) + (662b-661b)
	.org . - (662b-661b) + (664b-663b)
	.previous
	.endm
	alt "nop; nop", "isb; dsb sy"
	nop
