/** Stale translations: what stays in the TLB when the tables change, what each TLBI takes out, and how undo restores it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NotModelled } from '../../sim/core/exceptions.ts';
import type { Journal } from '../../sim/core/journal.ts';
import { TLB_CELL } from '../../sim/memory/mmu.ts';
import { Tlb, type TlbEntry } from '../../sim/memory/tlb.ts';
import { Bench, exceptionOf, RAM, SCTLR_M } from './test-bench.ts';

const A = RAM + 0x1000n;
const B = RAM + 0x2000n;
const VA = 0x4000n;

/** A machine at EL1 whose page VA once led to A, was used, and leads to B in the tables, with A still in the TLB. */
function staleAtEl1(global = true) {
  const bench = new Bench();
  const { lower, upper } = bench.enableEl1();
  bench.physical.write64(A, 0xaan);
  bench.physical.write64(B, 0xbbn);
  lower.map(VA, A, 0x1000n, { global });
  bench.enter(1);
  assert.is(bench.load(VA), 0xaan);
  lower.map(VA, B, 0x1000n, { global });
  return { bench, lower, upper };
}

/** The register argument of a TLBI by address. */
const argument = (va: bigint, asid = 0n) => (asid << 48n) | BigInt.asUintN(44, va >> 12n);

test('a changed descriptor is not seen before a TLBI', () => {
  const { bench } = staleAtEl1();
  assert.is(bench.load(VA), 0xaan);
  bench.store(VA, 1n);
  assert.is(bench.physical.read64(A), 1n);
  assert.is(bench.fetch(VA), A, 'fetches use the same translation');
  bench.memory.tlbi('vmalle1', 0n);
  assert.is(bench.load(VA), 0xbbn);
  assert.is(bench.fetch(VA), B);
});

test('a translation that was never used is read from the tables as they are', () => {
  const { bench, lower } = staleAtEl1();
  lower.map(0x9000n, A, 0x1000n);
  lower.map(0x9000n, B, 0x1000n);
  assert.is(bench.load(0x9000n), 0xbbn);
});

test('a fault is not kept: a descriptor made valid is seen at once', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  bench.enter(1);
  exceptionOf(() => bench.load(VA));
  lower.map(VA, A, 0x1000n, { accessFlag: false });
  exceptionOf(() => bench.load(VA));
  lower.map(VA, A, 0x1000n);
  assert.is(bench.load(VA), 0n);
});

test('stale permissions count as well', () => {
  const { bench, lower } = staleAtEl1();
  lower.map(VA, A, 0x1000n, { write: false });
  bench.store(VA, 5n);
  bench.memory.tlbi('vaae1', argument(VA));
  exceptionOf(() => bench.store(VA, 6n));
  bench.load(VA);
  lower.map(VA, A, 0x1000n);
  exceptionOf(() => bench.store(VA, 7n));
});

test('an exception to EL2 and the return leave stale entries where they are', () => {
  const { bench } = staleAtEl1();
  bench.enter(2);
  bench.enter(1);
  assert.is(bench.load(VA), 0xaan);
});

test('a write to a translation register leaves stale entries where they are', () => {
  const { bench } = staleAtEl1();
  for (const register of ['tcr_el1', 'ttbr1_el1', 'mair_el1', 'sctlr_el1', 'hcr_el2']) {
    bench.set(register, bench.get(register) ^ 0n);
    bench.set(register, bench.get(register) ^ (1n << 40n));
  }
  assert.is(bench.load(VA), 0xaan);
});

test('the MMU turned off and on again finds its stale entries', () => {
  const { bench } = staleAtEl1();
  bench.set('sctlr_el1', 0n);
  assert.is(bench.memory.translate(A), A);
  bench.set('sctlr_el1', SCTLR_M);
  assert.is(bench.load(VA), 0xaan);
});

interface TlbiCase {
  readonly name: string;
  readonly argument?: bigint;
  readonly takesOut: boolean;
  readonly global?: boolean;
}

const el1Cases: readonly TlbiCase[] = [
  { name: 'vmalle1', takesOut: true },
  { name: 'vmalle1is', takesOut: true },
  { name: 'vmalls12e1', takesOut: true },
  { name: 'alle1', takesOut: true },
  { name: 'alle1is', takesOut: true },
  { name: 'alle2', takesOut: false },
  { name: 'vae2', argument: argument(VA), takesOut: false },
  { name: 'vale2is', argument: argument(VA), takesOut: false },
  { name: 'vae1', argument: argument(VA), takesOut: true },
  { name: 'vae1', argument: argument(VA, 9n), takesOut: true },
  { name: 'vae1', argument: argument(VA, 9n), takesOut: false, global: false },
  { name: 'vae1is', argument: argument(VA), takesOut: true, global: false },
  { name: 'vale1', argument: argument(VA), takesOut: true },
  { name: 'vae1', argument: argument(VA + 0x1000n), takesOut: false },
  { name: 'vaae1', argument: argument(VA, 9n), takesOut: true, global: false },
  { name: 'vaale1is', argument: argument(VA, 9n), takesOut: true, global: false },
  { name: 'vaae1', argument: argument(VA - 0x1000n), takesOut: false },
  { name: 'aside1', argument: 0n, takesOut: true, global: false },
  { name: 'aside1', argument: 9n << 48n, takesOut: false, global: false },
  { name: 'aside1is', argument: 0n, takesOut: false, global: true },
  { name: 'ipas2e1', argument: argument(A), takesOut: false },
];

for (const { name, argument: value = 0n, takesOut, global = true } of el1Cases) {
  const which = `${global ? 'a global' : "ASID 0's"} translation`;
  test(`TLBI ${name.toUpperCase()} with 0x${value.toString(16)} ${takesOut ? 'takes out' : 'leaves'} ${which}`, () => {
    const { bench } = staleAtEl1(global);
    bench.memory.tlbi(name, value);
    assert.is(bench.load(VA), takesOut ? 0xbbn : 0xaan);
  });
}

test('TLBI by address takes the upper range by its bits 55:12', () => {
  const bench = new Bench();
  const { upper } = bench.enableEl1();
  const va = 0xffff_ffc0_1234_5000n;
  bench.physical.write64(B, 0xbbn);
  upper.map(va, A, 0x1000n);
  bench.enter(1);
  assert.is(bench.load(va), 0n);
  upper.map(va, B, 0x1000n);
  bench.memory.tlbi('vaae1is', argument(0x40_1234_5000n));
  assert.is(bench.load(va), 0n);
  bench.memory.tlbi('vaae1is', argument(va));
  assert.is(bench.load(va), 0xbbn);
});

test('TLBI for any address in a block takes out all of it', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(0x20_0000n, RAM, 0x20_0000n);
  bench.physical.write64(B, 0xbbn);
  bench.enter(1);
  bench.load(0x20_0000n);
  assert.is(bench.load(0x20_1000n), 0n);
  lower.map(0x20_0000n, B, 0x1000n);
  lower.map(0x20_1000n, B, 0x1000n);
  bench.memory.tlbi('vae1', argument(0x3f_f000n));
  assert.is(bench.load(0x20_0000n), 0xbbn);
  assert.is(bench.load(0x20_1000n), 0xbbn);
});

test('translations that are not global belong to an ASID, from TTBR0 or TTBR1 by TCR_EL1.A1', () => {
  const { bench } = staleAtEl1(false);
  const ttbr0 = bench.get('ttbr0_el1');
  bench.set('ttbr0_el1', ttbr0 | (7n << 48n));
  assert.is(bench.load(VA), 0xbbn, 'ASID 7 walks');
  bench.set('ttbr0_el1', ttbr0);
  assert.is(bench.load(VA), 0xaan, 'ASID 0 has its own');
  bench.set('tcr_el1', bench.get('tcr_el1') | (1n << 22n));
  bench.set('ttbr1_el1', bench.get('ttbr1_el1') | (7n << 48n));
  assert.is(bench.load(VA), 0xbbn, 'ASID 7 again');
});

test('a global translation serves every ASID', () => {
  const { bench } = staleAtEl1(true);
  bench.set('ttbr0_el1', bench.get('ttbr0_el1') | (7n << 48n));
  assert.is(bench.load(VA), 0xaan);
});

test('with 8-bit ASIDs the upper half of the field does not count, with TCR_EL1.AS it does', () => {
  const { bench } = staleAtEl1(false);
  const ttbr0 = bench.get('ttbr0_el1');
  bench.set('ttbr0_el1', ttbr0 | (0x100n << 48n));
  assert.is(bench.load(VA), 0xbbn);
  bench.set('tcr_el1', bench.get('tcr_el1') & ~(1n << 36n));
  assert.is(bench.load(VA), 0xaan);
  bench.memory.tlbi('aside1', 0x100n << 48n);
  assert.is(bench.load(VA), 0xbbn);
});

test('translations of EL1&0 belong to a VMID', () => {
  const { bench } = staleAtEl1();
  bench.set('vttbr_el2', 3n << 48n);
  assert.is(bench.load(VA), 0xbbn);
  bench.memory.tlbi('vmalle1', 0n);
  bench.set('vttbr_el2', 0n);
  assert.is(bench.load(VA), 0xaan, 'VMID 0 keeps what VMID 3 took out for itself');
  bench.memory.tlbi('alle1', 0n);
  assert.is(bench.load(VA), 0xbbn);
});

test('a VMID has 8 bits, or 16 where ID_AA64MMFR1_EL1 and VTCR_EL2.VS say so', () => {
  const { bench } = staleAtEl1();
  bench.set('vttbr_el2', 0x100n << 48n);
  assert.is(bench.load(VA), 0xaan);
  bench.set('id_aa64mmfr1_el1', 2n << 4n);
  bench.set('vtcr_el2', 1n << 19n);
  assert.is(bench.load(VA), 0xbbn);
});

test('EL2 and EL1 do not share translations, and TLBI for one leaves the other', () => {
  const { bench } = staleAtEl1();
  const el2 = bench.enableEl2();
  el2.map(VA, B, 0x1000n);
  bench.enter(2);
  assert.is(bench.load(VA), 0xbbn);
  el2.map(VA, A, 0x1000n);
  bench.memory.tlbi('alle1', 0n);
  bench.memory.tlbi('vmalls12e1is', 0n);
  assert.is(bench.load(VA), 0xbbn);
  bench.memory.tlbi('vae2is', argument(VA));
  assert.is(bench.load(VA), 0xaan);
});

/** A guest whose IPA once led to A, was used, and leads to B in the stage 2 tables. */
function staleStage2() {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  const ipa = 0x8000_0000n;
  lower.map(VA, ipa, 0x1000n);
  const stage2 = bench.identityStage2();
  stage2.map(ipa, A, 0x1000n);
  bench.physical.write64(A, 0xaan);
  bench.physical.write64(B, 0xbbn);
  bench.enter(1);
  assert.is(bench.load(VA), 0xaan);
  stage2.map(ipa, B, 0x1000n);
  return { bench, lower, ipa };
}

test('stage 2: neither TLBI IPAS2E1 alone nor TLBI VMALLE1 alone is enough, both together are', () => {
  const both = staleStage2();
  both.bench.memory.tlbi('ipas2e1is', argument(both.ipa));
  assert.is(both.bench.load(VA), 0xaan, 'the translation through both stages is still there');
  both.bench.memory.tlbi('vmalle1is', 0n);
  assert.is(both.bench.load(VA), 0xbbn);
  const first = staleStage2();
  first.bench.memory.tlbi('vmalle1is', 0n);
  assert.is(first.bench.load(VA), 0xaan, 'stage 2 alone is still there');
  first.bench.memory.tlbi('ipas2le1', argument(first.ipa));
  first.bench.memory.tlbi('vmalle1', 0n);
  assert.is(first.bench.load(VA), 0xbbn);
});

test('TLBI VMALLS12E1 takes out both stages of the VMID', () => {
  const { bench } = staleStage2();
  bench.memory.tlbi('vmalls12e1', 0n);
  assert.is(bench.load(VA), 0xbbn);
});

test('TLBI IPAS2E1 for another IPA or another VMID leaves the translation', () => {
  const { bench, ipa } = staleStage2();
  bench.memory.tlbi('ipas2e1', argument(ipa + 0x1000n));
  const vttbr = bench.get('vttbr_el2');
  bench.set('vttbr_el2', vttbr ^ (6n << 48n));
  bench.memory.tlbi('ipas2e1', argument(ipa));
  bench.set('vttbr_el2', vttbr);
  bench.memory.tlbi('vmalle1', 0n);
  assert.is(bench.load(VA), 0xaan);
});

test('TLBI IPAS2E1 for any IPA in a stage 2 block takes out all of it', () => {
  const bench = new Bench();
  const stage2 = bench.enableStage2();
  stage2.map(0x8020_0000n, RAM, 0x20_0000n);
  bench.physical.write64(B, 0xbbn);
  bench.enter(1);
  assert.is(bench.load(0x8020_1000n), 0n);
  stage2.map(0x8020_1000n, B, 0x1000n);
  bench.memory.tlbi('ipas2e1', argument(0x803f_f000n));
  bench.memory.tlbi('vmalle1', 0n);
  assert.is(bench.load(0x8020_1000n), 0xbbn);
});

test('an unknown TLBI is not modelled', () => {
  const bench = new Bench();
  assert.throws(
    () => bench.memory.tlbi('rvae1', 0n),
    (error: Error) => error instanceof NotModelled && error.message.includes('TLBI RVAE1'),
  );
});

/** Restores cells from a journal, as a recording does. */
class Rewinder implements Journal {
  readonly keeps = true;
  readonly #bench: Bench;
  #undo: (() => void)[] = [];

  constructor(bench: Bench) {
    this.#bench = bench;
    bench.cpu.journal = this;
  }

  cell(id: number): void {
    const old = this.#bench.cpu.cells[id]!;
    this.#undo.push(() => {
      this.#bench.cpu.cells[id] = old;
    });
  }

  memory(_lo: number, _hi: number, offset: number, size: number): void {
    const { physical } = this.#bench;
    const pa = BigInt(physical.base + offset);
    const old = physical.read(pa, size);
    this.#undo.push(() => this.#bench.physical.write(pa, size, old));
  }

  exception(): void {}

  rewind(): void {
    for (const step of this.#undo.reverse()) step();
    this.#undo = [];
    this.#bench.cpu.refresh();
  }
}

test('a run that is rewound meets the same stale translations as the first time', () => {
  const { bench, lower } = staleAtEl1();
  const rewinder = new Rewinder(bench);
  const run = () => {
    const seen = [bench.load(VA)];
    bench.memory.tlbi('vmalle1', 0n);
    seen.push(bench.load(VA));
    bench.store(VA, seen[1]! + 1n);
    lower.map(0x9000n, A, 0x1000n);
    seen.push(bench.load(0x9000n));
    return seen;
  };
  const first = run();
  assert.equal(first, [0xaan, 0xbbn, 0xaan]);
  rewinder.rewind();
  assert.equal(run(), first);
  rewinder.rewind();
  bench.cpu.journal = undefined;
  assert.equal(run(), first);
});

test('a translation from after the point that was rewound to is not used', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, A, 0x1000n);
  bench.enter(1);
  const rewinder = new Rewinder(bench);
  assert.is(bench.load(VA), 0n);
  rewinder.rewind();
  lower.map(VA, B, 0x1000n);
  bench.physical.write64(B, 0xbbn);
  assert.is(bench.load(VA), 0xbbn);
});

test('a machine whose cells are all reset has an empty TLB', () => {
  const { bench } = staleAtEl1();
  const kept = ['tcr_el1', 'ttbr0_el1', 'ttbr1_el1', 'sctlr_el1', 'mair_el1'].map(
    (name) => [name, bench.get(name)] as const,
  );
  bench.memory.tlbi('alle1', 0n);
  bench.load(VA);
  bench.cpu.cells.fill(0n);
  bench.cpu.refresh();
  for (const [name, value] of kept) bench.set(name, value);
  bench.set('id_aa64mmfr0_el1', 0x25n);
  bench.enter(1);
  assert.is(bench.load(VA), 0xbbn);
});

test('peeking, translating for a debugger and AT leave the TLB and its cell as they are', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  lower.map(VA, A, 0x1000n);
  bench.enter(1);
  assert.is(bench.memory.peekFetchOffset(Number(VA), 0), Number(A - RAM));
  assert.is(bench.memory.peekFetchOffset(2, 0), -1, 'not aligned');
  assert.is(bench.memory.peekFetchOffset(0x9000, 0), -1, 'not mapped');
  assert.is(bench.memory.translate(VA), A);
  bench.at('s1e1r', VA);
  assert.is(bench.get(TLB_CELL), 0n);
  lower.map(VA, B, 0x1000n);
  assert.is(bench.memory.translate(VA), B);
  const stage2 = bench.identityStage2();
  assert.is(bench.memory.translate(VA), B);
  stage2.map(B, A, 0x1000n);
  assert.is(bench.memory.translate(VA), A);
});

function entry(page: number): TlbEntry {
  return { regime: 1, vmid: 0, asid: -1, page, stage1: undefined, stage2: undefined, ipa: 0, pa: page };
}

test('a set of four ways replaces its oldest entry, and moves back and forth in time', () => {
  const tlb = new Tlb();
  const pages = [0, 1, 2, 3, 4].map((n) => 5 + 128 * n);
  const present = () => pages.filter((page) => tlb.find(1, 0, 0, page, false, false) !== undefined);
  const evicted = pages.map((page) => tlb.insert(entry(page))?.page);
  assert.equal(evicted, [undefined, undefined, undefined, undefined, pages[0]]);
  assert.equal(present(), pages.slice(1));
  tlb.invalidate(({ page }) => page === pages[2]);
  assert.equal(present(), [pages[1], pages[3], pages[4]]);
  tlb.moveTo(4);
  assert.equal(present(), pages.slice(0, 4));
  tlb.moveTo(6);
  assert.equal(present(), [pages[1], pages[3], pages[4]]);
  tlb.moveTo(2);
  tlb.insert(entry(pages[4]!));
  assert.equal(present(), [pages[0], pages[1], pages[4]]);
  tlb.moveTo(5);
  assert.equal(present(), [], 'the other course of events is gone');
});

test('what was replaced in the TLB is replaced on the fast path too', () => {
  const bench = new Bench();
  const { lower } = bench.enableEl1();
  // Five pages of one set of the main TLB. EL0 uses the last four, so that the fast path of EL1 is left alone.
  const vas = [0, 1, 2, 3, 4].map((n) => BigInt(0x10_0000 + n * 128 * 4096));
  for (const va of vas) lower.map(va, A, 0x1000n, { el0: true });
  bench.physical.write64(B, 0xbbn);
  bench.enter(1);
  bench.load(vas[0]!);
  lower.map(vas[0]!, B, 0x1000n);
  bench.enter(0);
  for (const va of vas.slice(1, 4)) bench.load(va);
  bench.enter(1);
  assert.is(bench.load(vas[0]!), 0n, 'four pages fit: stale');
  bench.enter(0);
  bench.load(vas[4]!);
  bench.enter(1);
  assert.is(bench.load(vas[0]!), 0xbbn, 'walked again');
});

test.run();
