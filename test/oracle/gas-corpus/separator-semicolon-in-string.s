	.ascii "a;b"; .byte 1 ;; .byte 2
