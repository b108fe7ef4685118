// What is no register may not be named, and then is none.
a	.req frob
	mov a, #1
