	.quad 0x7fffffffffffffff+1, -0x8000000000000000-1, 0xffffffffffffffff*0xffffffffffffffff
