/** Interrupts of the board from their source to a program's handler and back, with GICv2 and GICv3. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { assembled } from './elf-program.ts';

type Gic = 'v2' | 'v3';

/** Macros that set a GIC up for IRQs at EL2, and acknowledge and end one. */
const gics: Readonly<Record<Gic, string>> = {
  v2: `
.macro gic_init
  ldr x1, =0x08000000
  mov w0, #1
  str w0, [x1]
  ldr x2, =0x08010000
  str w0, [x2]
  mov w0, #0xff
  str w0, [x2, #4]
.endm
.macro gic_enable id
  ldr x1, =0x08000100 + 4 * (\\id / 32)
  ldr w0, =1 << (\\id % 32)
  str w0, [x1]
.endm
.macro gic_acknowledge to
  ldr x1, =0x0801000c
  ldr w\\to, [x1]
.endm
.macro gic_end from
  ldr x1, =0x08010010
  str w\\from, [x1]
.endm
.macro gic_active to
  ldr x1, =0x08000300
  ldr w\\to, [x1]
.endm
.macro list_register value2, value3
  ldr x1, =0x08030000
  mov w0, #1
  str w0, [x1]
  ldr w0, =\\value2
  str w0, [x1, #0x100]
.endm
`,
  v3: `
.macro gic_init
  ldr x1, =0x080a0014
  str wzr, [x1]
  ldr x1, =0x08000000
  mov w0, #2
  str w0, [x1]
  ldr x1, =0x080b0080
  mov w0, #-1
  str w0, [x1]
  ldr x1, =0x08000084
  str w0, [x1]
  mov x0, #0xf8
  msr icc_pmr_el1, x0
  mov x0, #1
  msr icc_igrpen1_el1, x0
.endm
.macro gic_enable id
.if \\id < 32
  ldr x1, =0x080b0100
.else
  ldr x1, =0x08000100 + 4 * (\\id / 32)
.endif
  ldr w0, =1 << (\\id % 32)
  str w0, [x1]
.endm
.macro gic_acknowledge to
  mrs x\\to, icc_iar1_el1
.endm
.macro gic_end from
  msr icc_eoir1_el1, x\\from
.endm
.macro gic_active to
  ldr x1, =0x080b0300
  ldr w\\to, [x1]
.endm
.macro list_register value2, value3
  ldr x0, =\\value3
  msr ich_lr0_el2, x0
  mov x0, #1
  msr ich_hcr_el2, x0
.endm
`,
};

/** `body`, with IRQs taken to EL2, where `handler` runs between acknowledging (into X19) and ending. */
function program(gic: Gic, body: string, handler: string): Uint8Array {
  return assembled(`
${gics[gic]}
_start:
  adr x0, vectors
  msr vbar_el2, x0
  mov x0, #0x10
  orr x0, x0, #0x80000000
  msr hcr_el2, x0
  gic_init
${body}
  b .
  .ltorg
  .balign 2048
vectors:
  .space 0x280
  gic_acknowledge 19
${handler}
  gic_end 19
  add x20, x20, #1
  eret
  .ltorg
`);
}

function run(gic: Gic, file: Uint8Array) {
  const ready = prepareBareMetal('a.elf', { files: new MemoryFiles({ 'a.elf': file }), ram: 2 << 20, gic });
  const started = new BareMetalRun(ready, 10_000);
  started.finish();
  assert.is(started.ending?.kind, 'halted', started.endingText);
  const { cells } = ready.machine.cpu;
  return { ready, x: (n: number) => Number(cells[n]! & 0xffff_ffffn) };
}

for (const gic of ['v2', 'v3'] as const) {
  for (const [timer, id] of [
    ['cnthp', 26],
    ['cntv', 27],
    ['cntp', 30],
  ] as const) {
    const level = timer === 'cnthp' ? 'el2' : 'el0';
    test(`GIC${gic}: ${timer} wakes WFI and interrupts as PPI ${id}`, () => {
      const body = `
  gic_enable ${id}
  mov x0, #50
  msr ${timer}_tval_${level}, x0
  mov x0, #1
  msr ${timer}_ctl_${level}, x0
  msr daifclr, #2
  wfi
  msr daifset, #2`;
      const { x } = run(gic, program(gic, body, `  msr ${timer}_ctl_${level}, xzr`));
      assert.equal([x(19), x(20)], [id, 1]);
    });
  }

  test(`GIC${gic}: a level that stays interrupts again after it was ended, until it is gone`, () => {
    const body = `
  gic_enable 33
  ldr x1, =0x09000000
  mov w0, #0x20
  str w0, [x1, #0x38]
  mov w0, #65
  str w0, [x1]
  msr daifclr, #2
  nop
  msr daifset, #2`;
    // The UART's transmit interrupt is cleared the third time.
    const handler = `
  cmp x20, #2
  b.lt 1f
  ldr x1, =0x09000044
  mov w0, #0x20
  str w0, [x1]
1:`;
    const { x } = run(gic, program(gic, body, handler));
    assert.equal([x(19), x(20)], [33, 3]);
  });

  test(`GIC${gic}: the virtual interface's maintenance interrupt is PPI 25`, () => {
    // The list register is invalid and asks for maintenance at its end: EISR has it.
    const body = `
  gic_enable 25
  list_register 0x00080020, 0x0000020000000020
  msr daifclr, #2
  nop
  msr daifset, #2`;
    const gone = '  list_register 0, 0';
    const { x } = run(gic, program(gic, body, gone));
    assert.equal([x(19), x(20)], [25, 1]);
  });

  test(`GIC${gic}: ending a virtual interrupt with HW deactivates the physical one`, () => {
    const guest =
      gic === 'v2'
        ? `
  ldr x1, =0x08040000
  mov w0, #1
  str w0, [x1]
  mov w0, #0xf8
  str w0, [x1, #4]
  ldr w22, [x1, #0xc]
  str w22, [x1, #0x10]`
        : `
  mov x0, #0xf8
  msr icc_pmr_el1, x0
  mov x0, #1
  msr icc_igrpen1_el1, x0
  mrs x22, icc_iar1_el1
  msr icc_eoir1_el1, x22`;
    // PPI 27 is made active by the hypervisor; a guest at EL1 ends its own interrupt 40 and comes back by HVC.
    const file = assembled(`
${gics[gic]}
_start:
  adr x0, vectors
  msr vbar_el2, x0
  ldr x0, =0x80000018
  msr hcr_el2, x0
  gic_init
  ldr x1, =${gic === 'v2' ? '0x08000300' : '0x080b0300'}
  ldr w0, =1 << 27
  str w0, [x1]
  gic_active 23
  list_register 0x90006c28, 0x7010001b00000028
  mov x0, #0x3c5
  msr spsr_el2, x0
  adr x0, guest
  msr elr_el2, x0
  eret
guest:
${guest}
  hvc #0
  .ltorg
  .balign 2048
vectors:
  .space 0x400
  gic_active 24
  b .
  .ltorg
`);
    const { x } = run(gic, file);
    assert.equal([x(23), x(22), x(24)], [1 << 27, 40, 0]);
  });
}

test.run();
