import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cpu } from '../../sim/core/cpu.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { RegisterMap, VFIQ, VIRQ } from '../../sim/core/registers.ts';
import { GicV2VirtualInterface } from '../../sim/devices/gic-v2.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { RAM, RAM_SIZE } from '../exec/processor.ts';

/** Offsets in GICH (IHI 0048B, table 5-3) and in GICV (table 5-10). */
const GICH = { hcr: 0, vtr: 4, vmcr: 8, misr: 0x10, eisr: 0x20, elrsr: 0x30, apr: 0xf0, lr: 0x100 };
const GICV = {
  ctlr: 0,
  pmr: 4,
  bpr: 8,
  iar: 0xc,
  eoir: 0x10,
  rpr: 0x14,
  hppir: 0x18,
  abpr: 0x1c,
  aiar: 0x20,
  dir: 0x1000,
};

const PENDING = 1n << 28n;
const ACTIVE = 2n << 28n;
const GROUP1 = 1n << 30n;
const HARDWARE = 1n << 31n;
const EOI = 1n << 19n;

function priority(value: number): bigint {
  return BigInt(value >> 3) << 23n;
}

/** A virtual interface with both groups enabled and all priorities let through. */
function virtualInterface() {
  const cpu = new Cpu(new RegisterMap());
  const gic = new GicV2VirtualInterface(cpu);
  const control = gic.control(0n);
  const cpuInterface = gic.cpuInterface(0x1000n);
  const set = (offset: number, value: bigint) => control.write(offset, 4, value);
  const get = (offset: number) => control.read(offset, 4);
  const guestWrites = (offset: number, value: bigint) => cpuInterface.write(offset, 4, value);
  const guestReads = (offset: number) => cpuInterface.read(offset, 4);
  set(GICH.hcr, 1n);
  guestWrites(GICV.ctlr, 3n);
  guestWrites(GICV.pmr, 0xf8n);
  return { cpu, gic, set, get, guestWrites, guestReads, lines: () => [cpu.cells[VIRQ], cpu.cells[VFIQ]] };
}

const gic = suite('GICv2 virtual interface');

// IHI 0048B, 4.4.3: "sets the field to the minimum value"; GICH_VMCR's fields are those registers' (5.3.3).
gic('has no binary point smaller than its priority bits allow, whichever register is written', () => {
  const { get, set, guestWrites, guestReads } = virtualInterface();
  set(GICH.vmcr, 0n);
  assert.is(get(GICH.vmcr), 0x004c_0000n);
  set(GICH.vmcr, 0x00b4_0000n);
  assert.equal([guestReads(GICV.bpr), guestReads(GICV.abpr)], [5n, 5n]);
  guestWrites(GICV.bpr, 0n);
  guestWrites(GICV.abpr, 0n);
  assert.equal([guestReads(GICV.bpr), guestReads(GICV.abpr)], [2n, 3n]);
});

gic('tells its list registers and priority bits, and masks reserved bits', () => {
  const { get, set } = virtualInterface();
  assert.is(get(GICH.vtr), 0x9000_0003n);
  set(GICH.lr + 12, 0xffff_ffffn);
  assert.is(get(GICH.lr + 12), 0xff8f_ffffn);
  set(GICH.lr + 16, 1n);
  assert.is(get(GICH.lr + 16), 0n);
  set(GICH.lr + 12, 0n);
  assert.is(get(GICH.elrsr), 0xfn);
});

gic('a pending interrupt in a list register asserts the virtual IRQ until the guest acknowledges it', () => {
  const { set, get, guestReads, guestWrites, lines } = virtualInterface();
  assert.equal(lines(), [0n, 0n]);
  set(GICH.lr, PENDING | priority(0x80) | 27n);
  assert.equal(lines(), [1n, 0n]);
  assert.is(guestReads(GICV.hppir), 27n);
  assert.is(guestReads(GICV.iar), 27n);
  assert.equal(lines(), [0n, 0n]);
  assert.is(get(GICH.lr), ACTIVE | priority(0x80) | 27n);
  assert.is(guestReads(GICV.rpr), 0x80n);
  assert.is(get(GICH.apr), 1n << 16n);
  guestWrites(GICV.eoir, 27n);
  assert.is(get(GICH.lr), priority(0x80) | 27n);
  assert.is(get(GICH.apr), 0n);
  assert.is(guestReads(GICV.rpr), 0xffn);
  assert.is(guestReads(GICV.iar), 1023n);
});

gic('the highest priority comes first, and only a higher one preempts', () => {
  const { set, guestReads, lines } = virtualInterface();
  set(GICH.lr, PENDING | priority(0x80) | 40n);
  set(GICH.lr + 4, PENDING | priority(0x40) | 41n);
  assert.is(guestReads(GICV.iar), 41n);
  assert.equal(lines(), [0n, 0n]);
  set(GICH.lr + 8, PENDING | priority(0x20) | 42n);
  assert.equal(lines(), [1n, 0n]);
  assert.is(guestReads(GICV.iar), 42n);
});

gic('the priority mask and the group enables hold interrupts back', () => {
  const { set, guestWrites, lines } = virtualInterface();
  set(GICH.lr, PENDING | priority(0x80) | 40n);
  guestWrites(GICV.pmr, 0x80n);
  assert.equal(lines(), [0n, 0n]);
  guestWrites(GICV.pmr, 0x88n);
  assert.equal(lines(), [1n, 0n]);
  guestWrites(GICV.ctlr, 2n);
  assert.equal(lines(), [0n, 0n]);
  guestWrites(GICV.ctlr, 1n);
  set(GICH.hcr, 0n);
  assert.equal(lines(), [0n, 0n]);
});

gic('Group 0 goes by FIQ where the guest says so; Group 1 has an acknowledge register of its own', () => {
  const { set, guestWrites, guestReads, lines } = virtualInterface();
  guestWrites(GICV.ctlr, 3n | (1n << 3n));
  set(GICH.lr, PENDING | priority(0x80) | 40n);
  assert.equal(lines(), [0n, 1n]);
  set(GICH.lr, PENDING | GROUP1 | priority(0x80) | 40n);
  assert.equal(lines(), [1n, 0n]);
  assert.is(guestReads(GICV.iar), 1022n);
  assert.is(guestReads(GICV.aiar), 40n);
});

gic('the end of an interrupt shows in ELRSR, or in EISR where the list register asks for maintenance', () => {
  const { set, get, guestReads, guestWrites } = virtualInterface();
  set(GICH.lr, PENDING | 40n);
  set(GICH.lr + 4, PENDING | EOI | 41n);
  assert.is(get(GICH.elrsr), 0b1100n);
  assert.is(guestReads(GICV.iar), 40n);
  guestWrites(GICV.eoir, 40n);
  assert.is(guestReads(GICV.iar), 41n);
  guestWrites(GICV.eoir, 41n);
  assert.is(get(GICH.elrsr), 0b1101n);
  assert.is(get(GICH.eisr), 0b0010n);
  assert.is(get(GICH.misr), 1n);
});

gic('with EOImode the priority drop and the deactivation are two writes', () => {
  const { set, get, guestReads, guestWrites } = virtualInterface();
  guestWrites(GICV.ctlr, 3n | (1n << 9n));
  set(GICH.lr, PENDING | 40n);
  guestReads(GICV.iar);
  guestWrites(GICV.eoir, 40n);
  assert.is(get(GICH.lr), ACTIVE | 40n);
  assert.is(get(GICH.apr), 0n);
  guestWrites(GICV.dir, 40n);
  assert.is(get(GICH.lr), 40n);
});

gic('an end without a list register is counted; a hardware interrupt is deactivated at the distributor', () => {
  const { gic: virtual, set, get, guestReads, guestWrites } = virtualInterface();
  const deactivated: number[] = [];
  virtual.engine.deactivate = (id) => deactivated.push(id);
  set(GICH.lr, PENDING | HARDWARE | (99n << 10n) | 40n);
  guestReads(GICV.iar);
  set(GICH.lr + 4, PENDING | 50n);
  guestWrites(GICV.eoir, 40n);
  assert.equal(deactivated, [99]);
  guestReads(GICV.iar);
  guestWrites(GICV.eoir, 77n);
  assert.is(get(GICH.hcr) >> 27n, 1n);
});

for (const [what, enable, bit, prepare] of [
  ['underflow', 1n << 1n, 1n << 1n, () => {}],
  ['no pending', 1n << 3n, 1n << 3n, () => {}],
  ['Group 0 enabled', 1n << 4n, 1n << 4n, () => {}],
  ['Group 0 disabled', 1n << 5n, 1n << 5n, (write: (offset: number, value: bigint) => void) => write(GICV.ctlr, 2n)],
  ['Group 1 enabled', 1n << 6n, 1n << 6n, () => {}],
  ['Group 1 disabled', 1n << 7n, 1n << 7n, (write: (offset: number, value: bigint) => void) => write(GICV.ctlr, 1n)],
] as const) {
  gic(`maintenance interrupt: ${what}`, () => {
    const { gic: virtual, set, get, guestWrites } = virtualInterface();
    let asserted = false;
    virtual.engine.maintenance = (level) => {
      asserted = level;
    };
    prepare(guestWrites);
    set(GICH.hcr, enable);
    assert.is(get(GICH.misr), bit);
    assert.not.ok(asserted, 'the interface is disabled');
    set(GICH.hcr, enable | 1n);
    assert.ok(asserted);
  });
}

gic('maintenance interrupt: an end counted', () => {
  const { set, get } = virtualInterface();
  set(GICH.hcr, 1n | (1n << 2n) | (1n << 27n));
  assert.is(get(GICH.misr), 1n << 2n);
});

gic('binary points are no smaller than the priority bits allow, and decide about preemption', () => {
  const { set, guestReads, guestWrites, lines } = virtualInterface();
  guestWrites(GICV.bpr, 0n);
  guestWrites(GICV.abpr, 0n);
  assert.is(guestReads(GICV.bpr), 2n);
  assert.is(guestReads(GICV.abpr), 3n);
  // Three group bits: 0x20 and 0x38 preempt alike.
  guestWrites(GICV.bpr, 4n);
  set(GICH.lr, PENDING | priority(0x38) | 40n);
  guestReads(GICV.iar);
  set(GICH.lr + 4, PENDING | priority(0x20) | 41n);
  assert.equal(lines(), [0n, 0n]);
  set(GICH.lr + 4, PENDING | priority(0x18) | 41n);
  assert.equal(lines(), [1n, 0n]);
});

gic('is found in the memory of a machine', () => {
  const machine = new Machine({
    model: cpuModel('cortex-a57'),
    ram: { base: RAM, size: RAM_SIZE },
    gicV2: { control: 0x0803_0000n, cpuInterface: 0x0804_0000n },
  });
  const { cpu, memory } = machine;
  cpu.cells[0] = 1n;
  memory.store32(0, 0x0803_0000, 0);
  memory.load32(1, 0x0803_0004, 0);
  assert.is(cpu.cells[cpu.cell('gich_hcr')], 1n);
  assert.is(cpu.cells[1], 0x9000_0003n);
});

gic('has 1 to 64 list registers', () => {
  assert.throws(
    () => new GicV2VirtualInterface(new Cpu(new RegisterMap()), 65),
    /65 list registers: a GICv2 has 1 to 64/,
  );
});

gic.run();
