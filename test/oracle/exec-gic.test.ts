/**
 * The virtual interfaces of GICv2 and GICv3 compared with QEMU's: random settings of a hypervisor and accesses of a guest,
 * and what they read.
 *
 * HYPSTEP_ORACLE_SCALE is a factor on the number of accesses, HYPSTEP_ORACLE_SEED another start of the sequence.
 *
 * Where QEMU 7.2 differs, and the tests keep away (IHI 0048B and 0069; the unit tests of sim/devices hold the rest):
 * - GICV_HPPIR heeds the priority mask; GICV_AIAR, GICV_AEOIR and GICV_AHPPIR read 0.
 * - GICV_IAR acknowledges interrupts of a group that is disabled, and tells 1022 whatever their priority.
 * - GICV_EOIR deactivates an interrupt that was not the last one acknowledged, which is UNPREDICTABLE.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { word } from '../exec/processor.ts';
import { ProbeImage } from './exec-probe.ts';
import { Random } from './memory-tables.ts';
import { inTempFolder, withTools } from './tools.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240703');

const ram = { base: 0x4000_0000n, size: 256 << 20 };
const SHOWN = 40;

/** Fails with the first probe whose results differ, and those before it. `names` has a name for each probe. */
function compare(image: ProbeImage, machine: Machine, options: string, names: readonly string[]): void {
  const ours = image.runIn(machine);
  const theirs = inTempFolder((folder) => image.runInQemu('cortex-a57', options, folder));
  const differs = names.findIndex(
    (_, i) => ours[i]!.value !== theirs[i]!.value || ours[i]!.syndrome !== theirs[i]!.syndrome,
  );
  if (differs < 0) return;
  const before = names.slice(0, differs + 1).map((name, i) => `${name}: ${ours[i]!.value.toString(16)}`);
  const text = before.slice(-SHOWN).join('\n');
  assert.unreachable(`${text}; in QEMU ${theirs[differs]!.value.toString(16)} (seed ${seed})`);
}

const gicV2 = suite('GICv2 virtual interface');

const GICH = 0x0803_0000n;
const GICV = 0x0804_0000n;
const GICH_LR0 = GICH + 0x100n;
const GICV_PMR = GICV + 4n;
const GICV_IAR = GICV + 0xcn;
const GICV_EOIR = GICV + 0x10n;
const GICV_DIR = GICV + 0x1000n;
/** Both groups enabled, and acknowledged alike. */
const ENABLED = 7n;

/** Every register that a read leaves as it is. */
const quietRegisters: readonly (readonly [name: string, address: bigint])[] = [
  ['gich_hcr', GICH],
  ['gich_vmcr', GICH + 8n],
  ['gich_misr', GICH + 0x10n],
  ['gich_eisr', GICH + 0x20n],
  ['gich_elrsr', GICH + 0x30n],
  ['gich_apr', GICH + 0xf0n],
  ...[0n, 1n, 2n, 3n].map((n) => [`gich_lr${n}`, GICH_LR0 + 4n * n] as const),
  ['gicv_ctlr', GICV],
  ['gicv_pmr', GICV_PMR],
  ['gicv_bpr', GICV + 8n],
  ['gicv_rpr', GICV + 0x14n],
  ['gicv_abpr', GICV + 0x1cn],
];

/** Writes random accesses to GICH and GICV, each followed by a look at every register. */
class GicV2Accesses {
  readonly image = new ProbeImage(2);
  readonly names: string[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#write('gich_hcr', GICH, 1n);
    this.#write('gicv_ctlr', GICV, ENABLED);
    this.#write('gicv_pmr', GICV_PMR, 0xf8n);
  }

  access(): void {
    const random = this.#random;
    const kind = random.below(12);
    if (kind < 4) this.#list();
    else if (kind === 4) this.#write('gich_hcr', GICH, (random.wide(8) & 0xfen) | (random.chance(80) ? 1n : 0n));
    else if (kind === 5) this.#write('gich_vmcr', GICH + 8n, this.#controls());
    else if (kind === 6) this.#write('gicv_ctlr', GICV, ENABLED | random.wide(5) | (random.wide(1) << 9n));
    else if (kind === 7) this.#write('gicv_pmr', GICV_PMR, random.wide(8));
    else if (kind < 10) this.#acknowledge();
    else if (kind === 10) this.#end();
    else this.#write('gicv_dir', GICV_DIR, BigInt(16 + random.below(6)));
    for (const [name, address] of quietRegisters) this.#read(name, address);
  }

  /** An interrupt with an INTID of its own: the same in two list registers is UNPREDICTABLE. */
  #list(): void {
    const random = this.#random;
    const n = BigInt(random.below(4));
    const state = BigInt(random.pick([0, 1, 1, 1, 2, 3])) << 28n;
    const maintenance = BigInt(random.pick([0, 0, 1])) << 19n;
    const value = state | maintenance | (random.wide(1) << 30n) | (random.wide(5) << 23n) | (16n + n);
    this.#write(`gich_lr${n}`, GICH_LR0 + 4n * n, value);
  }

  #controls(): bigint {
    const random = this.#random;
    const points = (random.pick([2n, 3n, 5n]) << 21n) | (random.pick([3n, 4n, 6n]) << 18n);
    return 0xf800_0000n | ENABLED | points | (random.wide(2) << 3n) | (random.wide(1) << 9n);
  }

  /** W22 keeps what was acknowledged last. */
  #acknowledge(): void {
    this.image.constant(21, GICV_IAR);
    this.image.execute(word('ldr w22, [x21]'));
    this.image.probe(word('mov w0, w22'));
    this.names.push('gicv_iar');
  }

  #end(): void {
    this.image.constant(21, GICV_EOIR);
    this.image.execute(word('str w22, [x21]'));
    this.image.probe(word('mov w22, #1023'));
    this.names.push('gicv_eoir');
  }

  #read(name: string, address: bigint): void {
    this.image.constant(21, address);
    this.image.probe(word('ldr w0, [x21]'));
    this.names.push(name);
  }

  #write(name: string, address: bigint, value: bigint): void {
    this.image.constant(21, address);
    this.image.constant(0, value);
    this.image.execute(word('str w0, [x21]'));
    this.image.probe(word('nop'));
    this.names.push(`${name} = ${value.toString(16)}`);
  }
}

withTools(gicV2, ['qemu-system-aarch64'], "every register is QEMU's after random accesses", () => {
  const accesses = new GicV2Accesses(new Random(seed));
  for (let n = 0; n < Math.max(1, Math.round(300 * scale)); n++) accesses.access();
  const machine = new Machine({ model: cpuModel('cortex-a57'), ram, gicV2: { control: GICH, cpuInterface: GICV } });
  compare(accesses.image, machine, '', accesses.names);
});

const gicV3 = suite('GICv3 virtual interface');

/** HCR_EL2: RW, IMO, FMO. */
const HCR = 0x8000_0018n;
const readable = ['hppir0', 'hppir1', 'rpr', 'pmr', 'ctlr', 'bpr0', 'bpr1', 'igrpen0', 'igrpen1', 'ap0r0', 'ap1r0'];

/** Lines for EL2 that set the virtual interface up at random. */
function randomInterface(random: Random): string[] {
  const set = (name: string, value: bigint): string[] => [
    `movz x0, #${value & 0xffffn}`,
    ...[1n, 2n, 3n].map((hw) => `movk x0, #${(value >> (16n * hw)) & 0xffffn}, lsl #${16n * hw}`),
    `msr ${name}, x0`,
  ];
  const list = (n: number): bigint => {
    const state = BigInt(random.pick([0, 1, 1, 1, 2, 3])) << 62n;
    const maintenance = BigInt(random.pick([0, 0, 1])) << 41n;
    return state | maintenance | (random.wide(1) << 60n) | (random.wide(5) << 51n) | BigInt(32 + n);
  };
  const points = (random.pick([2n, 3n, 5n]) << 21n) | (random.pick([3n, 4n, 6n]) << 18n);
  const vmcr = 0xf800_0008n | points | random.wide(2) | (random.wide(1) << 4n) | (random.wide(1) << 9n);
  return [
    ...set('hcr_el2', HCR),
    ...set('ich_vmcr_el2', vmcr),
    ...[0, 1, 2, 3].flatMap((n) => set(`ich_lr${n}_el2`, list(n))),
    ...set('ich_hcr_el2', 1n),
  ];
}

/** Registers that keep what was acknowledged and not yet ended. */
const acknowledged = [24, 25, 26, 27, 28];

/**
 * A guest's accesses at EL1: acknowledging, ending what was acknowledged last (anything else is UNPREDICTABLE), changing
 * settings; after each what it can read.
 */
function guestAccesses(random: Random): { image: ProbeImage; names: string[] } {
  const image = new ProbeImage(1, randomInterface(random));
  const names: string[] = [];
  const groups: number[] = [];
  const probe = (line: string) => {
    image.probe(word(line));
    names.push(line);
  };
  for (let n = 0; n < 12; n++) {
    const kind = random.below(8);
    const setting = random.pick(['pmr', 'bpr0', 'bpr1', 'ctlr', 'igrpen0', 'igrpen1']);
    if (kind < 3 && groups.length < acknowledged.length) {
      const group = random.below(2);
      const kept = acknowledged[groups.length]!;
      image.execute(word(`mrs x${kept}, icc_iar${group}_el1`));
      probe(`mov x0, x${kept}`);
      groups.push(group);
    } else if (kind < 6 && groups.length > 0) {
      const group = groups.pop()!;
      const kept = acknowledged[groups.length]!;
      image.execute(word(`msr icc_eoir${group}_el1, x${kept}`));
      if (random.chance(70)) image.execute(word(`msr icc_dir_el1, x${kept}`));
    } else {
      // QEMU looks at reserved bits of ICV_BPR<n>_EL1.
      const value = random.wide(setting.startsWith('bpr') ? 3 : 8);
      image.constant(0, value);
      image.execute(word(`msr icc_${setting}_el1, x0`));
      image.probe(word('nop'));
      names.push(`msr icc_${setting}_el1, #${value}`);
    }
    for (const name of readable) probe(`mrs x0, icc_${name}_el1`);
    probe('mrs x0, isr_el1');
  }
  return { image, names };
}

withTools(gicV3, ['qemu-system-aarch64'], 'a guest reads what it reads in QEMU', () => {
  const random = new Random(seed);
  for (let n = 0; n < Math.max(1, Math.round(25 * scale)); n++) {
    const { image, names } = guestAccesses(random);
    const machine = new Machine({ model: cpuModel('cortex-a57', { gic: 'v3' }), ram });
    compare(image, machine, ',gic-version=3', names);
  }
});

gicV2.run();
gicV3.run();
