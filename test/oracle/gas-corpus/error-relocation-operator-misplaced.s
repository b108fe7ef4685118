	add x0, x0, :abs_g0:ext
