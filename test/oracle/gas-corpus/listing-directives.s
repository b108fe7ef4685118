	.title "t"
	.sbttl "s"
	.list
	.nolist
	.eject
	.psize 60,80
	.text
	nop
