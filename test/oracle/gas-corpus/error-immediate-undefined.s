	mov x0, #undefined_symbol
