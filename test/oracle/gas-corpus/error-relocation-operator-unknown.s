	add x0, x0, :nonsense:ext
