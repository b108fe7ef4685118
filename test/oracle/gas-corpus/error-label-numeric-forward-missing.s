	b 1f
