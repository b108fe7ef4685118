	adrp x0, :tlsgd:t
	add x0, x0, :tlsgd_lo12:t
	adr x0, :tlsgd:t
	movz x0, #:tlsgd_g1:t
	movk x0, #:tlsgd_g0_nc:t
	adrp x0, :tlsdesc:t
	ldr x1, [x0, :tlsdesc_lo12:t]
	add x0, x0, :tlsdesc_lo12:t
	.tlsdesccall t
	blr x1
	adrp x0, :gottprel:t
	ldr x0, [x0, :gottprel_lo12:t]
	ldr x0, :gottprel:t
	add x0, x0, :tprel_hi12:t
	add x0, x0, :tprel_lo12:t
	add x0, x0, :tprel_lo12_nc:t
	ldr w0, [x0, :tprel_lo12:t]
	ldr x0, [x0, :tprel_lo12_nc:t]
	movz x0, #:tprel_g2:t
	movk x0, #:tprel_g1_nc:t
	movk x0, #:tprel_g0_nc:t
	movz x0, #:tprel_g1:t
	movz x0, #:tprel_g0:t
	adrp x0, :tlsldm:t
	add x0, x0, :tlsldm_lo12_nc:t
	add x0, x0, :dtprel_lo12_nc:t
	ldrb w0, [x0, :dtprel_lo12:t]
	movz x0, #:dtprel_g2:t
