	.altmacro
	.macro m a, b
	.ascii "[&a&][&b&]"
	.endm
	m <a b>, <c,d>
	m <x!>y>, <a<b>c>
	m <>, z
	m !<
