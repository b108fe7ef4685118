/** Loads and stores: what reaches registers and memory, by the Arm ARM's descriptions (C6.2, C7.2), and what faults leave. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { CODE, DATA, Processor, RAM, RAM_SIZE, type Registers } from './processor.ts';

const BYTES = 0x8081_8283_8485_8687n;
const END_OF_RAM = RAM + BigInt(RAM_SIZE);

/** Executes `line` with X1 pointing to 64 bytes of data and the given registers. */
function run(line: string, registers: Registers = {}, model = cpuModel('cortex-a57')): Processor {
  const processor = new Processor({ model });
  const { physical } = processor.machine;
  for (let i = 0n; i < 8n; i++) physical.write64(DATA + 8n * i, BYTES + i * 0x0101_0101_0101_0101n);
  processor.write({ x1: DATA, sp: DATA, ...registers });
  processor.execute(line);
  return processor;
}

function memory(processor: Processor, offset: bigint): bigint {
  return processor.machine.physical.read64(DATA + offset);
}

const loads = suite('loads');

for (const [line, registers] of [
  ['ldr x0, [x1]', { x0: BYTES }],
  ['ldr w0, [x1, #4]', { x0: 0x8081_8283n }],
  ['ldrb w0, [x1, #1]', { x0: 0x86 }],
  ['ldrh w0, [x1, #2]', { x0: 0x8485 }],
  ['ldrsb x0, [x1]', { x0: -0x79 }],
  ['ldrsb w0, [x1]', { x0: 0xffff_ff87n }],
  ['ldrsh x0, [x1, #6]', { x0: -0x7f7f }],
  ['ldrsw x0, [x1, #4]', { x0: 0xffff_ffff_8081_8283n }],
  ['ldur x0, [x1, #8]', { x0: 0x8182_8384_8586_8788n }],
  ['ldtr x0, [x1, #8]', { x0: 0x8182_8384_8586_8788n }],
  ['ldr x0, [x1], #-8', { x0: BYTES, x1: DATA - 8n }],
  ['ldr x0, [x1, #8]!', { x0: 0x8182_8384_8586_8788n, x1: DATA + 8n }],
  ['ldr x0, [sp, #16]!', { x0: 0x8283_8485_8687_8889n, sp: DATA + 16n }],
  ['ldp x0, x2, [x1]', { x0: BYTES, x2: 0x8182_8384_8586_8788n }],
  ['ldp w0, w2, [x1, #4]', { x0: 0x8081_8283n, x2: 0x8586_8788n }],
  ['ldpsw x0, x2, [x1]', { x0: 0xffff_ffff_8485_8687n, x2: 0xffff_ffff_8081_8283n }],
  ['ldp x0, x2, [x1], #32', { x0: BYTES, x1: DATA + 32n }],
  ['ldp x1, x2, [x1]', { x1: BYTES, x2: 0x8182_8384_8586_8788n }],
  ['ldnp x0, x2, [x1, #16]', { x0: 0x8283_8485_8687_8889n }],
  ['ldar w0, [x1]', { x0: 0x8485_8687n }],
  ['ldaxrb w0, [x1]', { x0: 0x87 }],
] as const satisfies readonly (readonly [string, Registers])[]) {
  loads(line, () => {
    const processor = run(line, { x0: -1, x2: -1 });
    for (const [name, value] of Object.entries(registers)) {
      assert.is(processor.read(name), BigInt.asUintN(64, BigInt(value)), name);
    }
  });
}

loads('a register offset is extended and scaled', () => {
  assert.is(run('ldr x0, [x1, w2, sxtw #3]', { x1: DATA + 8n, x2: 0xffff_ffffn }).read('x0'), BYTES);
  assert.is(run('ldr w0, [x1, x2, lsl #2]', { x2: 1 }).read('x0'), 0x8081_8283n);
  assert.is(run('ldrb w0, [x1, w2, uxtw]', { x2: 0x7_0000_0001n }).read('x0'), 0x86n);
});

loads('a literal is at a distance from the instruction', () => {
  const processor = new Processor();
  processor.machine.physical.write64(CODE + 8n, BYTES);
  processor.execute('ldr x0, .+8');
  assert.is(processor.read('x0'), BYTES);
});

const stores = suite('stores');

for (const [line, value] of [
  ['str x0, [x1]', 0x0123_4567_89ab_cdefn],
  ['str w0, [x1]', 0x8081_8283_89ab_cdefn],
  ['strh w0, [x1]', 0x8081_8283_8485_cdefn],
  ['strb w0, [x1]', 0x8081_8283_8485_86efn],
  ['str xzr, [x1]', 0n],
  ['stur w0, [x1, #3]', 0x8089_abcd_ef85_8687n],
  ['sttrh w0, [x1]', 0x8081_8283_8485_cdefn],
  ['stlr w0, [x1]', 0x8081_8283_89ab_cdefn],
  ['stp w0, w2, [x1]', 0x0000_0002_89ab_cdefn],
  ['stnp w2, w0, [x1]', 0x89ab_cdef_0000_0002n],
] as const) {
  stores(line, () => {
    const unaligned = line.includes('#3');
    // Device memory, which all memory is with the MMU off, has to be accessed aligned.
    const processor = run(unaligned ? 'nop' : line, { x0: 0x0123_4567_89ab_cdefn, x2: 2 });
    if (unaligned) {
      enableMmu(processor);
      processor.execute(line);
    }
    assert.is(memory(processor, 0n), value);
  });
}

/** EL2's stage 1 with the pages of RAM, Normal memory, mapped onto themselves, and nothing else. */
function enableMmu(processor: Processor): void {
  const { physical } = processor.machine;
  const [level1, level2, level3] = [DATA + 0x1000n, DATA + 0x2000n, DATA + 0x3000n];
  physical.write64(level1 + 8n, level2 | 3n);
  physical.write64(level2, level3 | 3n);
  for (let page = 0n; page < BigInt(RAM_SIZE) >> 12n; page++) {
    physical.write64(level3 + 8n * page, (RAM + (page << 12n)) | 0x703n);
  }
  processor.write({ ttbr0_el2: level1, mair_el2: 0xff, tcr_el2: 0x8082_3519n, sctlr_el2: 0x30c5_1831n });
}

const faults = suite('loads and stores that fault');

faults('a pair of which the second register faults changes neither register, nor the base', () => {
  const processor = run('ldp x2, x3, [x1], #16', { x1: END_OF_RAM - 8n, x2: 2, x3: 3 });
  assert.is(processor.read('x2'), 2n);
  assert.is(processor.read('x3'), 3n);
  assert.is(processor.read('x1'), END_OF_RAM - 8n);
  assert.is(processor.read('elr_el2'), CODE);
});

faults('a pair of which the second store faults stores nothing', () => {
  const processor = new Processor();
  enableMmu(processor);
  processor.write({ x1: END_OF_RAM + 8n, x2: 2, x3: 3 });
  processor.execute('stp x2, x3, [x1, #-16]!');
  assert.is(processor.read('far_el2'), END_OF_RAM);
  assert.is(processor.machine.physical.read64(END_OF_RAM - 8n), 0n);
  assert.is(processor.read('x1'), END_OF_RAM + 8n);
});

faults('exclusive and ordered accesses have to be aligned', () => {
  for (const line of ['ldxr x0, [x1]', 'stlr x0, [x1]', 'ldar w0, [x1]', 'ldxp x0, x2, [x1]']) {
    const processor = run(line, { x1: DATA + (line.startsWith('ldxp') ? 8n : 2n) });
    assert.is(processor.read('esr_el2') & 0xfc00_003fn, 0x9400_0021n, line);
  }
});

const exclusives = suite('exclusives');

exclusives('a store-exclusive succeeds after a load-exclusive of the same place and size', () => {
  const processor = run('ldxr x0, [x1]');
  processor.write({ x2: 42 });
  processor.execute('stxr w3, x2, [x1]', 'stxr w4, x2, [x1]');
  assert.is(processor.read('x3'), 0n);
  assert.is(memory(processor, 0n), 42n);
  assert.is(processor.read('x4'), 1n);
});

exclusives('it fails after CLREX, elsewhere, and where memory has changed', () => {
  for (const between of ['clrex', 'add x1, x1, #8', 'str xzr, [x1]']) {
    const processor = run('ldxr x0, [x1]');
    processor.execute(between, 'stxr w3, x0, [x1]');
    assert.is(processor.read('x3'), 1n, between);
  }
});

exclusives('a store-exclusive that faults is told as a store, although it compares what is there', () => {
  const beyond = 1n << 45n;
  for (const [line, size] of [
    ['stxr w2, x3, [x1]', 8],
    ['stlxrb w2, w3, [x1]', 1],
    ['stxp w2, x3, x4, [x1]', 16],
  ] as const) {
    const processor = new Processor();
    processor.write({ x1: beyond, 'exclusive.address': beyond, 'exclusive.size': size });
    processor.execute(line);
    // Address size fault, level 0, WnR.
    assert.is(processor.read('esr_el2'), 0x9600_0040n, line);
    assert.is(processor.read('far_el2'), beyond);
  }
});

exclusives('pairs are one access', () => {
  const processor = run('ldaxp x4, x5, [x1]');
  processor.execute('stlxp w3, x5, x4, [x1]');
  assert.is(processor.read('x3'), 0n);
  assert.is(memory(processor, 0n), 0x8182_8384_8586_8788n);
  assert.is(memory(processor, 8n), BYTES);
});

const atomics = suite('atomic operations');

for (const [line, stored] of [
  ['ldadd x2, x0, [x1]', BYTES + 3n],
  ['ldclr x2, x0, [x1]', BYTES & ~3n],
  ['ldeor x2, x0, [x1]', BYTES ^ 3n],
  ['ldset x2, x0, [x1]', BYTES | 3n],
  ['ldsmax x2, x0, [x1]', 3n],
  ['ldsmin x2, x0, [x1]', BYTES],
  ['ldumax x2, x0, [x1]', BYTES],
  ['ldumin x2, x0, [x1]', 3n],
  ['swp x2, x0, [x1]', 3n],
] as const) {
  atomics(line, () => {
    const processor = run(line, { x2: 3 }, cpuModel('neoverse-n1'));
    assert.is(processor.read('x0'), BYTES);
    assert.is(memory(processor, 0n), stored);
  });
}

atomics('bytes and halfwords leave their neighbours', () => {
  const processor = run('ldaddb w2, w0, [x1]', { x2: 0x7f }, cpuModel('neoverse-n1'));
  assert.is(processor.read('x0'), 0x87n);
  assert.is(memory(processor, 0n), 0x8081_8283_8485_8606n);
});

atomics('compare and swap needs memory that can be written, whether the comparison holds or not', () => {
  for (const [line, x0] of [
    ['cas x0, x2, [x1]', 0],
    ['cas x0, x2, [x1]', 1],
    ['casp x4, x5, x2, x3, [x1]', 0],
    ['casp x4, x5, x2, x3, [x1]', 1],
  ] as const) {
    const processor = new Processor({ model: cpuModel('neoverse-n1') });
    // One block of 1 GB, read-only.
    processor.machine.physical.write64(DATA + 0x1008n, 0x4000_0781n);
    processor.write({ x0, x4: x0, x1: DATA, ttbr0_el2: DATA + 0x1000n, mair_el2: 0xff, tcr_el2: 0x8082_3519n });
    processor.write({ sctlr_el2: 0x30c5_1831n });
    processor.execute(line);
    // Permission fault, level 1, WnR.
    assert.is(processor.read('esr_el2'), 0x9600_004dn, `${line} with ${x0}`);
    assert.is(processor.read('x0'), BigInt(x0));
  }
});

atomics('compare and swap stores where the comparison holds, and always gives the old value', () => {
  const model = cpuModel('neoverse-n1');
  const equal = run('cas x2, x3, [x1]', { x2: BYTES, x3: 9 }, model);
  assert.is(memory(equal, 0n), 9n);
  const different = run('cas w2, w3, [x1]', { x2: 0, x3: 9 }, model);
  assert.is(memory(different, 0n), BYTES);
  assert.is(different.read('x2'), 0x8485_8687n);
  const pair = run('casp x2, x3, x4, x5, [x1]', { x2: BYTES, x3: 0x8182_8384_8586_8788n, x4: 4, x5: 5 }, model);
  assert.is(memory(pair, 0n), 4n);
  assert.is(memory(pair, 8n), 5n);
});

const vectors = suite('vector loads and stores');

for (const [line, low, high] of [
  ['ldr q0, [x1]', BYTES, 0x8182_8384_8586_8788n],
  ['ldr d0, [x1]', BYTES, 0n],
  ['ldr b0, [x1]', 0x87n, 0n],
  ['ldur h0, [x1, #2]', 0x8485n, 0n],
  ['ldp s0, s1, [x1]', 0x8485_8687n, 0n],
  ['ldp q0, q1, [x1, #16]', 0x8283_8485_8687_8889n, 0x8384_8586_8788_898an],
  ['ld1 {v0.8b}, [x1]', BYTES, 0n],
  ['ld2 {v0.4h, v1.4h}, [x1]', 0x8384_8788_8283_8687n, 0n],
  ['ld4 {v0.s, v1.s, v2.s, v3.s}[1], [x1]', 0x8485_8687_0000_0000n | 0xffff_ffffn, -1n],
  ['ld1r {v0.4s}, [x1]', 0x8485_8687_8485_8687n, 0x8485_8687_8485_8687n],
] as const) {
  vectors(line, () => {
    const processor = run(line, { 'v0.d0': -1n, 'v0.d1': -1n });
    assert.is(processor.read('v0.d0'), low);
    assert.is(processor.read('v0.d1'), BigInt.asUintN(64, high));
  });
}

vectors('structures are stored element by element', () => {
  const processor = run('st2 {v0.2s, v1.2s}, [x1], #16', {
    'v0.d0': 0x2222_2222_1111_1111n,
    'v1.d0': 0x4444_4444_3333_3333n,
  });
  assert.is(memory(processor, 0n), 0x3333_3333_1111_1111n);
  assert.is(memory(processor, 8n), 0x4444_4444_2222_2222n);
  assert.is(processor.read('x1'), DATA + 16n);
});

vectors('they are trapped by CPACR_EL1.FPEN to EL1 and by CPTR_EL2.TFP to EL2', () => {
  const trapped = (el: 0 | 1 | 2, cpacr: bigint, cptr: bigint) => {
    const processor = new Processor();
    processor.write({ x1: DATA, hcr_el2: 1n << 31n, cpacr_el1: cpacr << 20n, cptr_el2: cptr });
    processor.enter(el);
    processor.execute('ldr q0, [x1]');
    if (processor.read('esr_el1') === 0x1fe0_0000n) return 'EL1';
    return processor.read('esr_el2') === 0x1fe0_0000n ? 'EL2' : 'no';
  };
  assert.is(trapped(0, 0n, 0x33ffn), 'EL1');
  assert.is(trapped(0, 1n, 0x33ffn), 'EL1');
  assert.is(trapped(1, 1n, 0x33ffn), 'no');
  assert.is(trapped(1, 2n, 0x33ffn), 'EL1');
  assert.is(trapped(0, 3n, 0x33ffn), 'no');
  assert.is(trapped(1, 3n, 0x37ffn), 'EL2');
  assert.is(trapped(2, 0n, 0x37ffn), 'EL2');
  assert.is(trapped(2, 0n, 0x33ffn), 'no');
});

for (const tests of [loads, stores, faults, exclusives, atomics, vectors]) tests.run();
