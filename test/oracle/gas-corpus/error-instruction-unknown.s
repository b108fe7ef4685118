	frobnicate x0
