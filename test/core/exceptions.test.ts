import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dataAbort, pcAlignment } from '../../sim/core/exceptions.ts';
import type { ExceptionEvent } from '../../sim/core/journal.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA } from '../exec/processor.ts';
import { at, EL1_VECTORS, EL2_VECTORS, RW, TGE } from './levels.ts';

const entry = suite('exception entry');

entry(
  'SVC at EL0 goes to EL1: vector for a lower level, return to the next instruction, immediate in the syndrome',
  () => {
    const processor = at(0);
    processor.flags = 'NzCv';
    processor.write({ daif: 0 });
    processor.execute('svc #0x1234');
    assert.is(processor.read('pc'), EL1_VECTORS + 0x400n);
    assert.is(processor.read('elr_el1'), CODE + 4n);
    assert.is(processor.read('esr_el1'), 0x5600_1234n);
    assert.is(processor.read('spsr_el1'), 0xa000_0000n);
    assert.is(processor.read('currentel'), 4n);
    assert.is(processor.read('spsel'), 1n);
    assert.is(processor.read('daif'), 0x3c0n);
  },
);

entry('the condition flags are left alone', () => {
  const processor = at(1);
  processor.flags = 'NzCV';
  processor.execute('svc #0');
  assert.is(processor.flags, 'NzCV');
});

entry('SVC at EL0 goes to EL2 under HCR_EL2.TGE', () => {
  const processor = at(0, RW | TGE);
  processor.execute('svc #1');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('esr_el2'), 0x5600_0001n);
});

entry('an exception from the same level takes the vector of the stack pointer in use', () => {
  const withSpX = at(1);
  withSpX.execute('svc #0');
  assert.is(withSpX.read('pc'), EL1_VECTORS + 0x200n);
  const withSp0 = at(1);
  withSp0.write({ spsel: 0 });
  withSp0.execute('svc #0');
  assert.is(withSp0.read('pc'), EL1_VECTORS);
  assert.is(withSp0.read('spsr_el1') & 0xfn, 4n);
  assert.is(withSp0.read('spsel'), 1n);
});

entry('HVC at EL1 goes to EL2, and is UNDEFINED at EL0 and under HCR_EL2.HCD', () => {
  const processor = at(1);
  processor.execute('hvc #7');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x400n);
  assert.is(processor.read('esr_el2'), 0x5a00_0007n);
  assert.is(processor.read('elr_el2'), CODE + 4n);
  const user = at(0);
  user.execute('hvc #7');
  assert.is(user.read('esr_el1'), 0x0200_0000n);
  assert.is(user.read('elr_el1'), CODE);
  const disabled = at(1, RW | (1n << 29n));
  disabled.execute('hvc #7');
  assert.is(disabled.read('esr_el1'), 0x0200_0000n);
});

entry('SMC at EL1 is trapped by HCR_EL2.TSC, to return to itself, and else UNDEFINED', () => {
  const trapped = at(1, RW | (1n << 19n));
  trapped.execute('smc #9');
  assert.is(trapped.read('esr_el2'), 0x5e00_0009n);
  assert.is(trapped.read('elr_el2'), CODE);
  const without = at(1);
  without.execute('smc #9');
  assert.is(without.read('esr_el1'), 0x0200_0000n);
});

entry('HVC at EL2 is taken there, and is UNDEFINED there too under HCR_EL2.HCD', () => {
  const processor = at(2);
  processor.execute('hvc #7');
  assert.is(processor.read('pc'), EL2_VECTORS + 0x200n);
  assert.is(processor.read('esr_el2'), 0x5a00_0007n);
  assert.is(processor.read('elr_el2'), CODE + 4n);
  const disabled = at(2, RW | (1n << 29n));
  disabled.execute('hvc #7');
  assert.is(disabled.read('esr_el2'), 0x0200_0000n);
  assert.is(disabled.read('elr_el2'), CODE);
});

entry('an exception of EL2 itself takes the vector of the stack pointer in use', () => {
  const processor = at(2);
  processor.write({ spsel: 0 });
  processor.execute('svc #0');
  assert.is(processor.read('pc'), EL2_VECTORS);
  assert.is(processor.read('spsr_el2') & 0xfn, 8n);
});

entry('SMC without EL3 is UNDEFINED at EL2, and at EL0 whatever HCR_EL2.TSC says', () => {
  const hypervisor = at(2);
  hypervisor.execute('smc #9');
  assert.is(hypervisor.read('esr_el2'), 0x0200_0000n);
  const user = at(0, RW | (1n << 19n));
  user.execute('smc #9');
  assert.is(user.read('esr_el1'), 0x0200_0000n);
});

entry("SMC that firmware answers goes on, but EL0's is UNDEFINED and what HCR_EL2.TSC traps is not answered", () => {
  const run = (el: 0 | 1 | 2, hcr: bigint) => {
    const processor = at(el, hcr);
    let calls = 0;
    processor.machine.firmware = () => {
      calls++;
    };
    processor.execute('smc #0');
    return { calls, pc: processor.read('pc') };
  };
  const TSC = 1n << 19n;
  assert.equal(run(1, RW), { calls: 1, pc: CODE + 4n });
  assert.equal(run(2, RW | TSC), { calls: 1, pc: CODE + 4n });
  assert.equal(run(1, RW | TSC), { calls: 0, pc: EL2_VECTORS + 0x400n });
  assert.equal(run(0, RW), { calls: 0, pc: EL1_VECTORS + 0x400n });
});

entry('BRK goes to EL1, or to EL2 by MDCR_EL2.TDE', () => {
  const processor = at(1);
  processor.execute('brk #3');
  assert.is(processor.read('esr_el1'), 0xf200_0003n);
  assert.is(processor.read('elr_el1'), CODE);
  const routed = at(1);
  routed.write({ mdcr_el2: 1 << 8 });
  routed.execute('brk #3');
  assert.is(routed.read('esr_el2'), 0xf200_0003n);
});

entry('BRK is not held back by the OS lock, goes to EL2 from EL0 under HCR_EL2.TGE, and stays at EL2', () => {
  const processor = at(0, RW | TGE);
  processor.write({ oslsr_el1: 0xa });
  processor.execute('brk #3');
  assert.is(processor.read('esr_el2'), 0xf200_0003n);
  const hypervisor = at(2);
  hypervisor.execute('brk #3');
  assert.is(hypervisor.read('pc'), EL2_VECTORS + 0x200n);
  assert.is(hypervisor.read('esr_el2'), 0xf200_0003n);
});

for (const line of ['udf #0', 'ldr x0, [x1]', 'br x1', 'brk #0', 'hvc #0', 'mrs x0, sctlr_el1', 'wfi'] as const) {
  entry(`${line} that fails at EL0 goes to EL1, and to EL2 under HCR_EL2.TGE, with the same syndrome`, () => {
    const run = (hcr: bigint) => {
      const processor = at(0, hcr);
      // No RAM, no multiple of 4; SCTLR_EL1.nTWI is 0.
      processor.write({ x1: 0x1002n, sctlr_el1: 0 });
      processor.execute(line);
      if (line === 'br x1') processor.step();
      return processor;
    };
    const below = run(RW);
    assert.is(below.read('pc'), EL1_VECTORS + 0x400n);
    const above = run(RW | TGE);
    assert.is(above.read('pc'), EL2_VECTORS + 0x400n);
    for (const name of ['esr', 'far', 'elr', 'spsr']) {
      assert.is(above.read(`${name}_el2`), below.read(`${name}_el1`), name);
    }
    assert.is(above.read('hpfar_el2'), 0n);
    assert.is(above.read('esr_el1'), 0n);
  });
}

entry('an abort of a fetch has a class of its own, for a lower level and for the same', () => {
  for (const [el, syndrome] of [
    [0, 0x8200_0010n],
    [1, 0x8600_0010n],
  ] as const) {
    const processor = at(el);
    processor.write({ pc: 0x1000 });
    processor.step();
    assert.is(processor.read('esr_el1'), syndrome);
    assert.is(processor.read('far_el1'), 0x1000n);
    assert.is(processor.read('elr_el1'), 0x1000n);
  }
});

entry('HCR_EL2.TEA sends external aborts to EL2 where the processor has FEAT_RAS, and other aborts not', () => {
  const TEA = 1n << 37n;
  const syndrome = (model: string, x1: bigint, el: 1 | 2) => {
    const processor = at(1, RW | TEA, cpuModel(model));
    processor.write({ x1 });
    processor.execute('ldr x0, [x1]');
    return processor.read(`esr_el${el}`);
  };
  const nowhere = 0x1000n;
  assert.is(syndrome('neoverse-n1', nowhere, 2), 0x9200_0010n);
  assert.is(syndrome('cortex-a57', nowhere, 1), 0x9600_0010n);
  // An alignment fault, as data is Device memory without an MMU.
  assert.is(syndrome('neoverse-n1', DATA + 1n, 1), 0x9600_0021n);
  const fetch = at(1, RW | TEA, cpuModel('neoverse-n1'));
  fetch.write({ pc: nowhere });
  fetch.step();
  assert.is(fetch.read('esr_el2'), 0x8200_0010n);
});

entry('an abort of stage 2 goes to EL2 with FAR_EL2 and the page of the IPA in HPFAR_EL2', () => {
  const processor = at(1);
  const { machine } = processor;
  machine.exceptions.take(
    dataAbort({
      status: 0b000111,
      far: 0xffff_0000_1234_5678n,
      write: true,
      stage2: { ipa: 0x80_9abc_d678n, s1ptw: false },
    }),
  );
  assert.is(processor.read('esr_el2'), 0x9200_0047n);
  assert.is(processor.read('far_el2'), 0xffff_0000_1234_5678n);
  assert.is(processor.read('hpfar_el2'), 0x809_abcd0n);
  assert.is(processor.read('far_el1'), 0n);
});

entry('an abort at the level that takes it has the exception class of its own level', () => {
  const processor = at(2);
  processor.machine.exceptions.take(dataAbort({ status: 0b000101, far: 0n, write: false }));
  assert.is(processor.read('esr_el2'), 0x9600_0005n);
});

entry('a PC that is no multiple of 4 is reported with the PC in FAR and ELR', () => {
  const processor = at(1);
  processor.write({ pc: CODE + 2n });
  processor.step();
  assert.is(processor.read('esr_el1'), 0x8a00_0000n);
  assert.is(processor.read('far_el1'), CODE + 2n);
  assert.is(processor.read('elr_el1'), CODE + 2n);
  assert.is(pcAlignment(1n).ec, 0x22);
});

entry('a load by a misaligned stack pointer faults where SCTLR_ELx.SA is set', () => {
  const processor = at(1);
  processor.write({ sctlr_el1: 0x30d0_0808n, sp_el1: DATA + 8n });
  processor.execute('ldr x0, [sp]');
  assert.is(processor.read('esr_el1'), 0x9a00_0000n);
  const unchecked = at(1);
  unchecked.write({ sctlr_el1: 0x30d0_0800n, sp_el1: DATA + 8n });
  unchecked.execute('ldr x0, [sp]');
  assert.is(unchecked.read('pc'), CODE + 4n);
});

entry('EL0 has its stack pointer checked by SCTLR_EL1.SA0, EL2 by SCTLR_EL2.SA', () => {
  const faults = (el: 0 | 1 | 2, registers: Record<string, bigint>) => {
    const processor = at(el);
    processor.write({ [`sp_el${el}`]: DATA + 8n, sctlr_el1: 0n, sctlr_el2: 0n, ...registers });
    processor.execute('ldr x0, [sp]');
    return processor.read(`esr_el${el || 1}`);
  };
  const SA = 1n << 3n;
  const SA0 = 1n << 4n;
  assert.is(faults(0, { sctlr_el1: SA0 }), 0x9a00_0000n);
  assert.is(faults(0, { sctlr_el1: SA, sctlr_el2: SA }), 0n);
  assert.is(faults(1, { sctlr_el1: SA0, sctlr_el2: SA }), 0n);
  assert.is(faults(2, { sctlr_el2: SA }), 0x9a00_0000n);
  assert.is(faults(2, { sctlr_el1: SA | SA0 }), 0n);
});

entry('every load and store by SP checks it, before the address; what makes no access does not', () => {
  const syndrome = (line: string) => {
    const processor = at(1, RW, cpuModel('neoverse-n1'));
    // Far beyond any physical address.
    processor.write({ sctlr_el1: 8n, sp_el1: (1n << 50n) | 8n, cpacr_el1: 3n << 20n });
    processor.execute(line);
    return processor.read('esr_el1');
  };
  for (const line of [
    ...['ldp x0, x1, [sp]', 'stp x0, x1, [sp, #-16]!', 'str x0, [sp], #8', 'ldr x0, [sp, x1]', 'ldtr x0, [sp]'],
    ...[
      'ldxr x0, [sp]',
      'stxr w0, x1, [sp]',
      'ldar x0, [sp]',
      'ldr q0, [sp]',
      'ld1 {v0.16b}, [sp]',
      'swp x0, x1, [sp]',
    ],
  ]) {
    assert.is(syndrome(line), 0x9a00_0000n, line);
  }
  for (const line of ['prfm pldl1keep, [sp]', 'add x0, sp, #1', 'mov sp, sp']) assert.is(syndrome(line), 0n, line);
});

entry('an access to FP registers that is not enabled comes before a stack pointer that is not aligned', () => {
  const processor = at(1);
  processor.write({ sctlr_el1: 8n, sp_el1: DATA + 8n, cpacr_el1: 0n });
  processor.execute('ldr q0, [sp]');
  assert.is(processor.read('esr_el1'), 0x1fe0_0000n);
});

entry('CPACR_EL1.FPEN traps from EL0 and EL1, from EL0 alone, or from neither, and comes before CPTR_EL2.TFP', () => {
  const taker = (el: 0 | 1, fpen: bigint, cptr: bigint) => {
    const processor = at(el);
    processor.write({ cpacr_el1: fpen << 20n, cptr_el2: cptr });
    processor.execute('fmov d0, x0');
    const [one, two] = [processor.read('esr_el1'), processor.read('esr_el2')];
    assert.ok([0n, 0x1fe0_0000n].includes(one | two));
    return one !== 0n ? 1 : two !== 0n ? 2 : undefined;
  };
  const TFP = 1n << 10n;
  for (const [fpen, ofEl0, ofEl1] of [
    [0n, 1, 1],
    [1n, 1, undefined],
    [2n, 1, 1],
    [3n, undefined, undefined],
  ] as const) {
    assert.is(taker(0, fpen, 0n), ofEl0, `EL0, FPEN ${fpen}`);
    assert.is(taker(1, fpen, 0n), ofEl1, `EL1, FPEN ${fpen}`);
    assert.is(taker(0, fpen, TFP), ofEl0 ?? 2, `EL0, FPEN ${fpen}, TFP`);
    assert.is(taker(1, fpen, TFP), ofEl1 ?? 2, `EL1, FPEN ${fpen}, TFP`);
  }
});

entry('under HCR_EL2.TGE an FP instruction of EL0 that CPACR_EL1 traps is of unknown reason at EL2', () => {
  for (const [fpen, syndrome] of [
    [0n, 0x0200_0000n],
    [1n, 0x0200_0000n],
    [3n, 0n],
  ] as const) {
    const processor = at(0, RW | TGE);
    processor.write({ cpacr_el1: fpen << 20n, cptr_el2: 0 });
    processor.execute('fmov d0, x0');
    assert.is(processor.read('esr_el2'), syndrome, `FPEN ${fpen}`);
  }
});

entry('a stage 2 abort by a load of one register describes the register and the size', () => {
  const processor = at(1);
  // Stage 2 with no table: a translation fault at level 1.
  processor.write({ hcr_el2: RW | 1n, vtcr_el2: 0x8000_3559n, vttbr_el2: DATA });
  processor.machine.physical.write64(DATA + 8n, 0x4000_07fdn);
  processor.write({ x1: 0x8000_0000n });
  processor.execute('ldrsh x17, [x1, #2]');
  // ISV, SAS 1, SSE, SRT 17, SF, translation fault.
  assert.is(processor.read('esr_el2') & 0x1ff_ffc0n, 0x171_8000n);
  const pair = at(1);
  pair.write({ hcr_el2: RW | 1n, vtcr_el2: 0x8000_3559n, vttbr_el2: DATA });
  pair.machine.physical.write64(DATA + 8n, 0x4000_07fdn);
  pair.write({ x1: 0x8000_0000n });
  pair.execute('ldp x2, x3, [x1]');
  assert.is(pair.read('esr_el2') & 0x1ff_ffc0n, 0n);
});

entry('PSTATE.PAN is set on an exception to EL1 while SCTLR_EL1.SPAN is 0, and saved', () => {
  const model = cpuModel('neoverse-n1');
  const processor = at(0, RW, model);
  processor.write({ sctlr_el1: 0x3050_0800n });
  processor.execute('svc #0');
  assert.is(processor.read('pan'), 1n << 22n);
  assert.is(processor.read('spsr_el1') & (1n << 22n), 0n);
  const kept = at(0, RW, model);
  kept.write({ sctlr_el1: 0x30d0_0800n });
  kept.execute('svc #0');
  assert.is(kept.read('pan'), 0n);
});

entry('PSTATE.UAO is saved and cleared, PSTATE.SSBS comes from SCTLR_ELx.DSSBS', () => {
  const UAO = 1n << 23n;
  const SSBS = 1n << 12n;
  for (const dssbs of [0n, 1n << 44n]) {
    const processor = at(1, RW, cpuModel('neoverse-n1'));
    processor.write({ uao: UAO, ssbs: dssbs === 0n ? SSBS : 0n, sctlr_el2: dssbs });
    processor.execute('hvc #0');
    assert.is(processor.read('spsr_el2') & (UAO | SSBS), UAO | (dssbs === 0n ? SSBS : 0n));
    assert.is(processor.read('uao'), 0n);
    assert.is(processor.read('ssbs'), dssbs === 0n ? 0n : SSBS);
  }
});

entry('the journal is told of the exception as it was taken', () => {
  const processor = at(1);
  const events: ExceptionEvent[] = [];
  processor.load(['hvc #7']);
  processor.machine.cpu.journal = { cell: () => {}, memory: () => {}, exception: (event) => events.push(event) };
  processor.step();
  assert.equal(events, [
    { kind: 'sync', from: 1, to: 2, esr: 0x5a00_0007n, elr: CODE + 4n, vector: EL2_VECTORS + 0x400n },
  ]);
});

entry.run();
