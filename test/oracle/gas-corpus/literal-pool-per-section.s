	ldr x0, =1
	.section .foo,"ax"
	ldr x0, =2
	.text
	ldr x0, =3
