/**
 * The physical side of GICv2 and GICv3 compared with QEMU's: random accesses to distributor, redistributor and CPU interface
 * at EL2, and after each what every register holds.
 *
 * HYPSTEP_ORACLE_SCALE is a factor on the number of accesses, HYPSTEP_ORACLE_SEED another start of the sequence.
 *
 * Where QEMU 7.2 differs, and the test keeps away:
 * - GICC_HPPIR heeds the priority mask (IHI 0048B, 4.4.6, has it tell the highest pending interrupt whatever the mask);
 *   GICC_AIAR, GICC_AEOIR and GICC_AHPPIR are not there.
 * - GICC_IAR tells 1022 of a Group 1 interrupt that does not preempt what is active (4.4.4: the spurious 1023).
 * - A pending interrupt of a group that GICD_CTLR does not forward hides those of the other (IHI 0048B, 4.3.1).
 * - GICD_SPENDSGIR<n> makes an SGI pending also where zero is written (4.3.17), and then fails an assertion of its own.
 * - A redistributor whose processor sleeps by GICR_WAKER sends interrupts (IHI 0069, 11.1: it does not).
 * - GICD_IROUTER<n> keeps reserved bits (IHI 0069, 12.9.22). There are LPIs, which the board lacks.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Board } from '../../sim/scenario/board.ts';
import { word } from '../exec/processor.ts';
import { ProbeImage } from './exec-probe.ts';
import { Random } from './memory-tables.ts';
import { inTempFolder, withTools } from './tools.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240703');
const RAM = 256 << 20;
const SHOWN = 30;
const CPU = 'cortex-a57';

/** Registers of the program that keep what was acknowledged and not yet ended. */
const kept = [24, 25, 26, 27, 28];

/** Writes accesses and looks. */
class Accesses {
  readonly image = new ProbeImage(2);
  readonly names: string[] = [];
  /** For each interrupt acknowledged and not ended: the group asked for. */
  readonly groups: number[] = [];

  read(name: string, address: bigint): void {
    this.image.constant(21, address);
    this.probe('ldr w0, [x21]', name);
  }

  write(name: string, address: bigint, value: bigint, instruction = 'str w0, [x21]'): void {
    this.image.constant(21, address);
    this.image.constant(0, value);
    this.image.execute(word(instruction));
    this.note(`${name} = ${value.toString(16)}`);
  }

  system(register: string, value: bigint): void {
    this.image.constant(0, value);
    this.image.execute(word(`msr ${register}, x0`));
    this.note(`${register} = ${value.toString(16)}`);
  }

  probe(line: string, name = line): void {
    this.image.probe(word(line));
    this.names.push(name);
  }

  note(text: string): void {
    this.image.probe(word('nop'));
    this.names.push(text);
  }

  /** Fails with the first look that differs, and those before it. */
  compare(gic: 'v2' | 'v3'): void {
    const { machine } = new Board({ cpu: CPU, ram: RAM, gic, send: () => {}, commandLine: '' });
    const ours = this.image.runIn(machine);
    const theirs = inTempFolder((folder) => this.image.runInQemu(CPU, `,gic-version=${gic.slice(1)}`, folder));
    const differs = this.names.findIndex((_, i) => ours[i]!.value !== theirs[i]?.value);
    if (differs < 0) return;
    const before = this.names.slice(0, differs + 1).map((name, i) => `${name}: ${ours[i]!.value.toString(16)}`);
    const inQemu = theirs[differs]?.value.toString(16);
    assert.unreachable(`${before.slice(-SHOWN).join('\n')}; in QEMU ${inQemu} (seed ${seed})`);
  }
}

const GICD = 0x0800_0000n;
const GICC = 0x0801_0000n;
const GICR_SGI = 0x080b_0000n;

/** Offsets of the registers that have a bit for each interrupt. */
const ENABLE = 0x100n;
const DISABLE = 0x180n;
const PEND = 0x200n;
const UNPEND = 0x280n;
const ACTIVATE = 0x300n;
const DEACTIVATE = 0x380n;
const GROUP = 0x80n;
const PRIORITY = 0x400n;
const CONFIGURATION = 0xc00n;

/** Interrupts that something on the board asserts: timers and maintenance, 25 to 30; the UART, 33. */
const unconnected = [0x81ff_ffffn, 0xffff_fffdn];

/** A write to the state of SGIs and PPIs (word 0, at `first`) or SPIs 32 to 63 (word 1, in GICD). */
function stateAccess(to: Accesses, random: Random, first: bigint): void {
  const n = random.below(2);
  const base = n === 0 ? first : GICD;
  const bank = random.pick([ENABLE, ENABLE, DISABLE, PEND, PEND, UNPEND, DEACTIVATE]);
  const bits = random.wide(32) & random.wide(32) & unconnected[n]!;
  to.write(`${bank.toString(16)}[${n}]`, base + bank + BigInt(4 * n), bits);
}

function priorityAccess(to: Accesses, random: Random, first: bigint): void {
  const id = BigInt(random.below(64));
  const base = id < 32n ? first : GICD;
  to.write(`priority of ${id}`, base + PRIORITY + id, (random.wide(5) << 3n) & 0xf0n, 'strb w0, [x21]');
}

/** Groups, configuration and priorities at random, before anything is pending. */
function setUp(to: Accesses, random: Random, first: bigint): void {
  to.write('groups 0', first + GROUP, random.wide(32));
  to.write('groups 1', GICD + GROUP + 4n, random.wide(32));
  to.write('configuration 1', first + CONFIGURATION + 4n, 0n);
  to.write('configuration 2', GICD + CONFIGURATION + 8n, random.wide(32));
  to.write('configuration 3', GICD + CONFIGURATION + 12n, random.wide(32));
  for (let n = 0; n < 40; n++) priorityAccess(to, random, first);
}

function lookAtState(to: Accesses, first: bigint): void {
  for (const bank of [ENABLE, PEND, ACTIVATE]) {
    to.read(`${bank.toString(16)}[0]`, first + bank);
    to.read(`${bank.toString(16)}[1]`, GICD + bank + 4n);
  }
  to.probe('mrs x0, isr_el1');
}

const gicV2 = suite('GICv2 distributor and CPU interface');
const APR = 0xd0n;
const NSAPR = 0xe0n;

function accessV2(to: Accesses, random: Random): void {
  const kind = random.below(14);
  if (kind < 4) stateAccess(to, random, GICD);
  else if (kind === 4) priorityAccess(to, random, GICD);
  else if (kind === 5)
    to.write('sgir', GICD + 0xf00n, (random.pick([0n, 1n, 2n, 2n]) << 24n) | (random.wide(8) << 16n) | random.wide(4));
  else if (kind === 6) to.write('spendsgir', GICD + 0xf20n + random.wide(4), 1n, 'strb w0, [x21]');
  else if (kind === 7) to.write('cpendsgir', GICD + 0xf10n + 4n * random.wide(2), 0x0101_0101n & random.wide(32));
  else if (kind === 8) to.write('gicc_ctlr', GICC, 7n | random.wide(5) | (random.wide(1) << 9n));
  else if (kind === 9) to.write('gicc_pmr', GICC + 4n, random.pick([0xffn, 0xffn, random.wide(8)]));
  else if (kind === 10) to.write('gicc_bpr', GICC + random.pick([8n, 0x1cn]), random.wide(3));
  else if (kind < 13 && to.groups.length < kept.length) acknowledgeV2(to);
  else endV2(to, random);
  lookAtState(to, GICD);
  for (const offset of [0n, 4n, 8n, 0x14n, 0x1cn]) to.read(`gicc ${offset.toString(16)}`, GICC + offset);
  for (let n = 0n; n < 4n; n++) {
    to.read(`gicc_apr${n}`, GICC + APR + 4n * n);
    to.read(`gicc_nsapr${n}`, GICC + NSAPR + 4n * n);
  }
}

function acknowledgeV2(to: Accesses): void {
  const register = kept[to.groups.length]!;
  to.groups.push(0);
  to.image.constant(21, GICC + 0xcn);
  to.image.execute(word(`ldr w${register}, [x21]`));
  to.probe(`mov x0, x${register}`, 'gicc_iar');
}

function endV2(to: Accesses, random: Random): void {
  if (to.groups.pop() === undefined) return;
  const register = kept[to.groups.length]!;
  to.image.constant(21, GICC + 0x10n);
  to.image.execute(word(`str w${register}, [x21]`));
  to.note(`gicc_eoir = x${register}`);
  if (!random.chance(60)) return;
  to.image.constant(21, GICC + 0x1000n);
  to.image.execute(word(`str w${register}, [x21]`));
  to.note(`gicc_dir = x${register}`);
}

withTools(gicV2, ['qemu-system-aarch64'], "every register is QEMU's after random accesses", () => {
  const random = new Random(seed);
  const accesses = new Accesses();
  setUp(accesses, random, GICD);
  accesses.write('gicd_ctlr', GICD, 3n);
  accesses.write('gicc_ctlr', GICC, 7n);
  accesses.write('gicc_pmr', GICC + 4n, 0xffn);
  for (let n = 0; n < Math.max(1, Math.round(400 * scale)); n++) accessV2(accesses, random);
  accesses.compare('v2');
});

const gicV3 = suite('GICv3 distributor, redistributor and CPU interface');

function accessV3(to: Accesses, random: Random): void {
  const kind = random.below(14);
  if (kind < 5) stateAccess(to, random, GICR_SGI);
  else if (kind === 5) priorityAccess(to, random, GICR_SGI);
  else if (kind === 6)
    to.system(random.pick(['icc_sgi0r_el1', 'icc_sgi1r_el1']), (random.wide(4) << 24n) | random.wide(2));
  else if (kind === 7) to.system('icc_ctlr_el1', random.wide(2));
  else if (kind === 8) to.system('icc_pmr_el1', random.pick([0xf8n, 0xf8n, random.wide(8)]));
  else if (kind === 9) to.system(random.pick(['icc_bpr0_el1', 'icc_bpr1_el1']), random.wide(3));
  else if (kind < 13 && to.groups.length < kept.length) acknowledgeV3(to, random);
  else endV3(to, random);
  lookAtState(to, GICR_SGI);
  for (const name of ['hppir0', 'hppir1', 'rpr', 'pmr', 'ctlr', 'bpr0', 'bpr1', 'ap0r0', 'ap1r0']) {
    to.probe(`mrs x0, icc_${name}_el1`);
  }
}

function acknowledgeV3(to: Accesses, random: Random): void {
  const register = kept[to.groups.length]!;
  const group = random.below(2);
  to.groups.push(group);
  to.image.execute(word(`mrs x${register}, icc_iar${group}_el1`));
  to.probe(`mov x0, x${register}`, `icc_iar${group}_el1`);
}

function endV3(to: Accesses, random: Random): void {
  const group = to.groups.pop();
  if (group === undefined) return;
  const register = kept[to.groups.length]!;
  to.image.execute(word(`msr icc_eoir${group}_el1, x${register}`));
  to.note(`icc_eoir${group}_el1 = x${register}`);
  if (!random.chance(60)) return;
  to.image.execute(word(`msr icc_dir_el1, x${register}`));
  to.note(`icc_dir_el1 = x${register}`);
}

withTools(gicV3, ['qemu-system-aarch64'], "every register is QEMU's after random accesses", () => {
  const random = new Random(seed);
  const accesses = new Accesses();
  accesses.write('gicr_waker', 0x080a_0014n, 0n);
  setUp(accesses, random, GICR_SGI);
  accesses.write('gicd_ctlr', GICD, 3n);
  accesses.system('icc_pmr_el1', 0xf8n);
  accesses.system('icc_igrpen0_el1', 1n);
  accesses.system('icc_igrpen1_el1', 1n);
  for (let n = 0; n < Math.max(1, Math.round(400 * scale)); n++) accessV3(accesses, random);
  accesses.compare('v3');
});

gicV2.run();
gicV3.run();
