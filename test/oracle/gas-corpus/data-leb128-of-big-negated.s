// A number of more than 64 bits, negated or complemented: 320 bits of two's complement.
	.uleb128 -0x10000000000000000
	.sleb128 -0x10000000000000000
	.uleb128 ~0x10000000000000000
	.sleb128 ~0x10000000000000000
	.uleb128 -99999999999999999999999999999999999999
	.sleb128 -99999999999999999999999999999999999999
	.byte 0x77
	.uleb128 -0xffffffffffffffffffffffffffffffffffff
	.sleb128 -0x1ffffffffffffffffffffffffffffffffffff
