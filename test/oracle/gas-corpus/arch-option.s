// options: -march=armv8.2-a
	ldadd x0, x1, [x2]
	esb
