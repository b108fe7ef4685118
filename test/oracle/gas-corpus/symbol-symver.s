	.symver foo, foo@VERS_1
	.symver bar, bar@@VERS_2
	.symver ext, ext@VERS_3
	.global foo, bar
foo: bar: bl ext
