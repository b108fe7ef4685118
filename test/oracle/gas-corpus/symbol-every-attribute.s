	.globl a, b
	.weak c
	.local d
	.hidden a
	.protected b
	.internal c
	.type a, @function
	.type b, %object
	.type c, "notype"
	.type d, #tls_object
	.type e, STT_FUNC
	.type f STT_OBJECT
	.type g, @gnu_indirect_function
	.type h, @gnu_unique_object
	.type i, @common
	.size a, 4
a:	nop
b:	nop
c:	nop
d:	nop
e:	nop
f:	nop
g:	nop
h:	nop
	.comm k, 8, 16
	.comm l, 8
	.lcomm m, 8
	.local o
	.comm o, 4, 4
	.symver a, a@V1
	.symver b, b@@V2
	.weakref p, q
	.weakref r, s
	bl p
