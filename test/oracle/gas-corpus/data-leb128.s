	.uleb128 0, 1, 127, 128, 300, 0xffffffffffffffff, -1
	.sleb128 0, 1, -1, 63, 64, -64, -65, 300, -300, 0xffffffffffffffff, 0x8000000000000000
