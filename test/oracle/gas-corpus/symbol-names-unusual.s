a.b$c_d:	.word a.b$c_d
"quoted name":	.word "quoted name"
