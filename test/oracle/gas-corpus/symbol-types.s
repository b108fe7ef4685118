	.type a, %function
	.type b, @object
	.type c, #tls_object
	.type d, "function"
	.type e STT_FUNC
	.type f, 1
	.type g, %notype
	.type h, %gnu_indirect_function
	.type i, @gnu_unique_object
a: b: c: d: e: f: g: h: i: nop
	bl h
