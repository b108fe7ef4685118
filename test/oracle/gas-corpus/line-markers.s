# 1 "foo.c"
	nop
# 20 "bar.h" 1 3
	nop
# 2 "foo.c" 2
	nop
