	.ascii "äöü€"
