	b .Lnowhere
