/** Loads and stores: sizes, alignment, pages, devices, byte order, and what is reported of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressOf } from '../../sim/memory/halves.ts';
import type { Device } from '../../sim/memory/physical.ts';
import {
  abortOf,
  Bench,
  exceptionOf,
  HCR_DC,
  halves,
  RAM,
  SCTLR_A,
  SCTLR_E0E,
  SCTLR_EE,
  SCTLR_M,
} from './test-bench.ts';

const DATA = 0x8899_aabb_ccdd_eeffn;
const SIZES = [1, 2, 4, 8];
const mask = (size: number) => (1n << BigInt(8 * size)) - 1n;

/** A machine at EL2 whose pages 0x1000 and 0x2000 are Normal memory, apart from each other in RAM. */
function normalPages() {
  const bench = new Bench();
  const tables = bench.enableEl2();
  tables.map(0x1000n, RAM + 0x3000n, 0x1000n);
  tables.map(0x2000n, RAM + 0x1000n, 0x1000n);
  return { bench, tables };
}

class TestDevice implements Device {
  readonly name = 'test';
  readonly base: bigint;
  readonly size = 0x1000;
  readonly log: string[] = [];

  constructor(base = 0x900_0000n) {
    this.base = base;
  }

  read(offset: number, size: number): bigint {
    this.log.push(`read ${offset} ${size}`);
    return DATA & mask(size);
  }

  write(offset: number, size: number, value: bigint): void {
    this.log.push(`write ${offset} ${size} ${value.toString(16)}`);
  }
}

test('loads zero-extend, stores write no byte beside theirs, at every alignment and across pages', () => {
  const { bench } = normalPages();
  for (const size of SIZES) {
    for (const va of [0x1010n, 0x1011n, 0x1013n, 0x1ff9n, 0x1fffn, 0x2000n - BigInt(size)]) {
      // Twice: the second time the page is known.
      for (const round of [1, 2]) {
        bench.physical.writeBytes(RAM, new Uint8Array(0x4000).fill(0x55));
        bench.store(va, DATA, size);
        assert.is(bench.load(va, size), DATA & mask(size), `${size} bytes at 0x${va.toString(16)}, round ${round}`);
        assert.is(bench.load(va - 1n, 1), 0x55n);
        assert.is(bench.load(va + BigInt(size), 1), 0x55n);
      }
    }
  }
});

test('a signed load extends to 32 or to 64 bits', () => {
  const { bench } = normalPages();
  bench.store(0x1000n, 0xffff_ffff_8765_8081n);
  const signed = (sizeLog2: number, to64: boolean) => {
    bench.memory.loadSigned(3, 0x1000, 0, sizeLog2, to64);
    return bench.cpu.cells[3]!;
  };
  assert.is(signed(0, false), 0xffff_ff81n);
  assert.is(signed(0, true), 0xffff_ffff_ffff_ff81n);
  assert.is(signed(1, false), 0xffff_8081n);
  assert.is(signed(1, true), 0xffff_ffff_ffff_8081n);
  assert.is(signed(2, true), 0xffff_ffff_8765_8081n);
  bench.store(0x1000n, 0x7fn);
  assert.is(signed(0, true), 0x7fn);
  bench.memory.loadUnprivilegedSigned(3, 0x1000, 0, 0, true);
  assert.is(bench.cpu.cells[3], 0x7fn);
});

test('halves of an address may be signed or unsigned', () => {
  const bench = new Bench();
  const { upper } = bench.enableEl1();
  upper.map(0xffff_ffff_9000_0000n, RAM, 0x1000n);
  bench.enter(1);
  for (const [lo, hi] of [
    [0x9000_0000, 0xffff_ffff],
    [0x9000_0000 | 0, -1],
  ] as const) {
    bench.cpu.cells[1] = DATA;
    bench.memory.store64(1, lo, hi);
    bench.memory.load64(0, lo, hi);
    assert.is(bench.cpu.cells[0], DATA);
    assert.is(bench.memory.fetchOffset(lo, hi), 0);
  }
});

test('a 128-bit access has its low half first', () => {
  const { bench } = normalPages();
  bench.cpu.cells[50] = 0x1111n;
  bench.cpu.cells[51] = DATA;
  for (const lo of [0x1010, 0x1018, 0x1ff8]) {
    bench.memory.store128(50, lo, 0);
    assert.is(bench.load(BigInt(lo)), 0x1111n);
    assert.is(bench.load(BigInt(lo) + 8n), DATA);
    bench.memory.load128(52, lo, 0);
    assert.equal([bench.cpu.cells[52], bench.cpu.cells[53]], [0x1111n, DATA]);
  }
});

test('an access across pages that faults in the second names that page and writes nothing', () => {
  const { bench, tables } = normalPages();
  tables.unmap(0x2000n, 0x1000n);
  bench.store(0x1ff8n, 0n);
  const expected = { ec: 0x24, status: 0b000111, far: 0x2000n };
  assert.equal(
    abortOf(() => bench.load(0x1ffcn)),
    expected,
  );
  assert.equal(
    abortOf(() => bench.store(0x1ffcn, DATA)),
    { ...expected, write: true },
  );
  assert.is(bench.load(0x1ff8n), 0n);
  assert.equal(
    abortOf(() => bench.memory.checkStore(0x1ff0, 0, 32)),
    { ...expected, write: true },
  );
  bench.memory.checkStore(0x1ff0, 0, 16);
  assert.is(bench.load(0x1ff8n), 0n);
});

test('an access across a multiple of 4 GB carries into the high half of the address', () => {
  const { bench, tables } = normalPages();
  tables.map(0x1_ffff_f000n, RAM, 0x1000n);
  tables.map(0x2_0000_0000n, RAM + 0x5000n, 0x1000n);
  bench.cpu.journal = undefined;
  for (const [lo, hi] of [
    [0xffff_fffc, 1],
    [-4, 1],
  ] as const) {
    bench.cpu.cells[1] = DATA;
    bench.memory.store64(1, lo, hi);
    bench.memory.load64(0, lo, hi);
    assert.is(bench.cpu.cells[0], DATA);
    assert.is(bench.physical.read(RAM + 0x5000n, 4), DATA >> 32n);
  }
});

test('SCTLR_ELx.A makes every unaligned access an alignment fault, before translation', () => {
  const { bench } = normalPages();
  bench.set('sctlr_el2', SCTLR_M | SCTLR_A);
  const status = 0b100001;
  assert.equal(
    abortOf(() => bench.load(0x1001n, 2)),
    { ec: 0x24, status, far: 0x1001n },
  );
  assert.equal(
    abortOf(() => bench.store(0x1004n, 0n)),
    { ec: 0x24, status, far: 0x1004n, write: true },
  );
  assert.equal(
    abortOf(() => bench.load(0xdead_0001n, 4)),
    { ec: 0x24, status, far: 0xdead_0001n },
  );
  assert.equal(
    abortOf(() => bench.memory.load128(0, 0x1008, 0)),
    { ec: 0x24, status, far: 0x1008n },
  );
  assert.is(bench.load(0x1001n, 1), 0n);
  bench.set('sctlr_el1', SCTLR_A);
  bench.set('hcr_el2', HCR_DC);
  for (const el of [0, 1] as const) {
    bench.enter(el);
    assert.is(abortOf(() => bench.load(RAM + 1n)).status, status, `EL${el} goes by SCTLR_EL1.A`);
  }
});

test('an unaligned access to Device memory is an alignment fault, with the MMU off too', () => {
  const { bench, tables } = normalPages();
  tables.map(0x5000n, RAM, 0x1000n, { memory: 'device' });
  const status = 0b100001;
  assert.is(bench.load(0x5008n), 0n);
  assert.equal(
    abortOf(() => bench.load(0x5001n)),
    { ec: 0x24, status, far: 0x5001n },
  );
  assert.equal(
    abortOf(() => bench.store(0x5002n, 0n, 4)),
    { ec: 0x24, status, far: 0x5002n, write: true },
  );
  bench.set('sctlr_el2', 0n);
  assert.is(abortOf(() => bench.load(RAM + 1n)).status, status);
  assert.is(bench.load(RAM + 1n, 1), 0n);
});

test('an unaligned access to memory that only stage 2 makes Device is an alignment fault to EL2', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(0x1000n, RAM, 0x1000n);
  const stage2 = bench.identityStage2();
  stage2.map(RAM, RAM, 0x1000n, { memory: 'device' });
  bench.enter(1);
  assert.is(bench.load(0x1008n), 0n);
  assert.equal(
    abortOf(() => bench.load(0x1001n)),
    { ec: 0x24, status: 0b100001, far: 0x1001n, ipa: RAM + 1n, targetEl: 2 },
  );
});

test('a translation fault comes before the alignment fault of Device memory, a permission fault after it', () => {
  const { bench, tables } = normalPages();
  tables.map(0x5000n, RAM, 0x1000n, { memory: 'device', write: false });
  assert.is(abortOf(() => bench.store(0x5001n, 0n)).status, 0b100001);
  assert.is(abortOf(() => bench.store(0x6001n, 0n)).status, 0b000111);
});

test('requireAligned throws the alignment fault of exclusive, ordered and atomic accesses', () => {
  const { bench } = normalPages();
  bench.memory.requireAligned(0x1008, 0, 8, false);
  const expected = { ec: 0x24, status: 0b100001, far: 0x1004n };
  assert.equal(
    abortOf(() => bench.memory.requireAligned(0x1004, 0, 8, false)),
    expected,
  );
  assert.equal(
    abortOf(() => bench.memory.requireAligned(0x1004, 0, 8, true)),
    { ...expected, write: true },
  );
});

test('an address where nothing answers is an external abort', () => {
  const bench = new Bench();
  assert.equal(
    abortOf(() => bench.load(0x1000n)),
    { ec: 0x24, status: 0b010000, far: 0x1000n },
  );
  assert.equal(
    abortOf(() => bench.store(0x1000n, 0n)),
    { ec: 0x24, status: 0b010000, far: 0x1000n, write: true },
  );
  assert.equal(
    abortOf(() => bench.fetch(0x1000n)),
    { ec: 0x20, status: 0b010000, far: 0x1000n },
  );
});

test('a device gets the offset, the size and the value, and its answer is zero-extended', () => {
  const bench = new Bench();
  const device = new TestDevice();
  bench.physical.addDevice(device);
  for (const size of SIZES) assert.is(bench.load(0x900_0010n, size), DATA & mask(size));
  bench.store(0x900_0018n, DATA, 4);
  bench.memory.load128(0, 0x900_0020, 0);
  assert.equal(device.log, [
    'read 16 1',
    'read 16 2',
    'read 16 4',
    'read 16 8',
    'write 24 4 ccddeeff',
    'read 32 8',
    'read 40 8',
  ]);
  assert.equal([bench.cpu.cells[0], bench.cpu.cells[1]], [DATA, DATA]);
  assert.is(abortOf(() => bench.fetch(0x900_0000n)).status, 0b010000, 'no instructions come from a device');
});

test('big-endian data: EE for EL1 and EL2, E0E for EL0, on RAM and on devices, instructions untouched', () => {
  const bench = new Bench();
  const device = new TestDevice();
  bench.physical.addDevice(device);
  const swapped = 0xffee_ddcc_bbaa_9988n;
  bench.physical.write64(RAM, DATA);
  for (const [el, register, bit] of [
    [0, 'sctlr_el1', SCTLR_E0E],
    [1, 'sctlr_el1', SCTLR_EE],
    [2, 'sctlr_el2', SCTLR_EE],
  ] as const) {
    bench.enter(el);
    assert.is(bench.load(RAM), DATA);
    bench.set(register, bit);
    assert.is(bench.load(RAM), swapped, `EL${el}`);
    assert.is(bench.load(RAM, 4), 0xffee_ddccn);
    assert.is(bench.load(RAM, 1), 0xffn);
    bench.store(RAM + 8n, 0x1234n, 2);
    assert.is(bench.physical.read(RAM + 8n, 2), 0x3412n);
    assert.is(bench.load(0x900_0000n, 2), 0xffeen);
    bench.memory.load128(5, ...halves(RAM));
    assert.is(bench.cpu.cells[6], swapped, 'the first byte is the most significant one');
    assert.is(bench.fetch(RAM), RAM);
    bench.set(register, 0n);
    assert.is(bench.load(RAM), DATA);
  }
});

test('an instruction address that is no multiple of 4 is a PC alignment fault', () => {
  const bench = new Bench();
  const exception = exceptionOf(() => bench.fetch(RAM + 2n));
  assert.is(exception.ec, 0x22);
  assert.is(exception.far, RAM + 2n);
});

test('DC ZVA zeroes the block around the address, and no Device memory', () => {
  const { bench, tables } = normalPages();
  bench.physical.writeBytes(RAM, new Uint8Array(0x4000).fill(0x55));
  bench.memory.zeroBlock(0x1047, 0, 64);
  const zeroes = bench.physical.readBytes(RAM + 0x3000n, 0x100);
  assert.equal(
    [...zeroes.keys()].filter((n) => zeroes[n] === 0),
    [...Array(64).keys()].map((n) => 0x40 + n),
  );
  tables.map(0x5000n, RAM, 0x1000n, { memory: 'device' });
  assert.equal(
    abortOf(() => bench.memory.zeroBlock(0x5040, 0, 64)),
    { ec: 0x24, status: 0b100001, far: 0x5040n, write: true },
  );
  assert.equal(
    abortOf(() => bench.memory.zeroBlock(0x6047, 0, 64)),
    { ec: 0x24, status: 0b000111, far: 0x6047n, write: true },
  );
});

test('stores are journalled in pieces within 8-byte lines, with what was there', () => {
  const { bench } = normalPages();
  const log: string[] = [];
  bench.physical.write64(RAM + 0x3ff8n, DATA);
  bench.cpu.journal = {
    cell: () => {},
    exception: () => {},
    memory: (lo, hi, offset, size) => {
      const pa = BigInt(bench.physical.base + offset);
      const numbers = [addressOf(lo, hi), pa, bench.physical.read(pa, size)];
      log.push(`${numbers.map((value) => value.toString(16)).join(' ')} ${size}`);
    },
  };
  bench.load(0x1ff8n);
  bench.load(0x2000n);
  log.length = 0;
  bench.store(0x1ff8n, DATA);
  bench.store(0x1ff9n, 0x1122_3344_5566_7788n);
  bench.memory.poke(RAM + 0x10n, 4, 0xffff_ffffn);
  assert.equal(log, [
    '1ff8 40003ff8 8899aabbccddeeff 8',
    '1ff9 40003ff9 ee 1',
    '1ffa 40003ffa ccdd 2',
    '1ffc 40003ffc 8899aabb 4',
    '2000 40001000 0 1',
    '40000010 40000010 0 4',
  ]);
  assert.is(bench.load(0x1ff9n), 0x1122_3344_5566_7788n);
  assert.is(bench.physical.read(RAM + 0x10n, 8), 0xffff_ffffn);
});

test('writes to a page marked as code are reported, from any side, until it is unmarked', () => {
  const { bench } = normalPages();
  const log: string[] = [];
  bench.memory.onCodeWrite((page, offset, size) => log.push(`${page} ${offset.toString(16)} ${size}`));
  bench.store(0x1008n, 1n);
  bench.memory.markCode(3);
  bench.memory.markCode(3);
  bench.store(0x1008n, 2n);
  bench.store(0x1ffen, 2n, 4);
  bench.memory.zeroBlock(0x1040, 0, 64);
  bench.memory.poke(RAM + 0x3010n, 8, 3n);
  bench.store(0x2008n, 4n);
  assert.equal(log, ['3 3008 8', '3 3ffe 2', '3 3040 64', '3 3010 8']);
  bench.memory.unmarkCode(3);
  bench.store(0x1008n, 5n);
  bench.store(0x1008n, 6n);
  assert.is(log.length, 4);
});

test('a watcher sees each access that translation lets through, and may prevent it', () => {
  const { bench } = normalPages();
  const log: string[] = [];
  bench.memory.watch((lo, _hi, size, { kind, el }) => {
    log.push(`${lo.toString(16)} ${size.toString(16)} ${kind} EL${el}`);
    if (kind !== 'read') throw new Error('watched');
  });
  bench.load(0x1008n);
  exceptionOf(() => bench.load(0x9000n));
  assert.throws(() => bench.store(0x1008n, 1n), 'watched');
  assert.throws(() => bench.memory.loadReplaced(0, 0x1010, 0, 4), 'watched');
  assert.throws(() => bench.memory.zeroBlock(0x1044, 0, 64), 'watched');
  assert.throws(() => bench.memory.maintainCache('invalidate', 0x1044, 0, 64), 'watched');
  bench.memory.maintainCache('clean', 0x1044, 0, 64);
  const expected = ['1008 8 read EL2', '1008 8 write EL2', '1010 4 write EL2', '1040 40 write EL2'];
  assert.equal(log, [...expected, '1040 40 invalidate EL2']);
  bench.memory.watch(undefined);
  assert.is(bench.load(0x1008n), 0n);
});

test('a change from outside is seen after refresh', () => {
  const { bench, tables } = normalPages();
  bench.load(0x1000n);
  bench.cpu.cells[bench.cpu.registers.find('sctlr_el2')!] = 0n;
  bench.cpu.refresh();
  assert.is(bench.memory.translate(RAM), RAM);
  assert.is(abortOf(() => bench.load(0x1000n)).status, 0b010000);
  assert.ok(tables.root);
});

test.run();
