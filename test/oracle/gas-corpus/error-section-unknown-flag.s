	.section .a,"aq"
