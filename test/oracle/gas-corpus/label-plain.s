a:	b a
b :	b b
c: d: nop
"quoted name": b "quoted name"
