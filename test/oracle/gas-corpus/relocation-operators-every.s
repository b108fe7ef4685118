	add x0, x0, :lo12:a
	adrp x0, :pg_hi21:a
	adrp x0, :pg_hi21_nc:a
	ldr x0, [x0, :lo12:a]
	ldr w0, [x0, :lo12:a]
	ldrh w0, [x0, :lo12:a]
	ldrb w0, [x0, :lo12:a]
	ldr q0, [x0, :lo12:a]
	movz x0, :abs_g0:a
	movz x0, :abs_g1:a
	movz x0, :abs_g2:a
	movz x0, :abs_g3:a
	movk x0, :abs_g0_nc:a
	movk x0, :abs_g1_nc:a
	movk x0, :abs_g2_nc:a
	movk x0, :abs_g3:a
	movz x0, :abs_g0_s:a
	movn x0, :abs_g1_s:a
	movz x0, :abs_g2_s:a
	movz x0, :prel_g0:a
	movk x0, :prel_g0_nc:a
	movz x0, :prel_g1:a
	movk x0, :prel_g1_nc:a
	movz x0, :prel_g2:a
	movk x0, :prel_g2_nc:a
	movz x0, :prel_g3:a
	adrp x0, :got:a
	ldr x0, [x0, :got_lo12:a]
	ldr x0, [x0, :gotpage_lo15:a]
	ldr x0, :got:a
	movz x0, :gotoff_g1:a
	movk x0, :gotoff_g0_nc:a
	ldr x0, [x0, :gotoff_lo15:a]
	adrp x0, :gottprel:a
	ldr x0, [x0, :gottprel_lo12:a]
	ldr x0, :gottprel:a
	movz x0, :gottprel_g1:a
	movk x0, :gottprel_g0_nc:a
	adrp x0, :tlsdesc:a
	ldr x1, [x0, :tlsdesc_lo12:a]
	add x0, x0, :tlsdesc_lo12:a
	adr x0, :tlsdesc:a
	ldr x0, :tlsdesc:a
	movz x0, :tlsdesc_off_g1:a
	movk x0, :tlsdesc_off_g0_nc:a
	.tlsdescadd a
	.tlsdescldr a
	.tlsdesccall a
	blr x1
	adrp x0, :tlsgd:a
	adr x0, :tlsgd:a
	add x0, x0, :tlsgd_lo12:a
	movz x0, :tlsgd_g1:a
	movk x0, :tlsgd_g0_nc:a
	adrp x0, :tlsldm:a
	adr x0, :tlsldm:a
	add x0, x0, :tlsldm_lo12_nc:a
	movz x0, :dtprel_g2:a
	movz x0, :dtprel_g1:a
	movk x0, :dtprel_g1_nc:a
	movz x0, :dtprel_g0:a
	movk x0, :dtprel_g0_nc:a
	add x0, x0, :dtprel_hi12:a
	add x0, x0, :dtprel_lo12:a
	add x0, x0, :dtprel_lo12_nc:a
	ldr x0, [x0, :dtprel_lo12:a]
	ldrb w0, [x0, :dtprel_lo12_nc:a]
	movz x0, :tprel_g2:a
	movz x0, :tprel_g1:a
	movk x0, :tprel_g1_nc:a
	movz x0, :tprel_g0:a
	movk x0, :tprel_g0_nc:a
	add x0, x0, :tprel_hi12:a
	add x0, x0, :tprel_lo12:a
	add x0, x0, :tprel_lo12_nc:a
	ldr x0, [x0, :tprel_lo12:a]
	ldrh w0, [x0, :tprel_lo12_nc:a]
