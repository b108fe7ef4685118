	.uleb128 b - a
	.sleb128 a - b
a:	.space 200
b:	.uleb128 b - a
