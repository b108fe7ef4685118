	b 1b
