/**
 * Translation compared with QEMU's: random tables, random control registers, random addresses; PAR_EL1 after every AT
 * instruction, and syndromes and addresses of the aborts that loads, stores and fetches at EL1 and EL0 take.
 *
 * HYPSTEP_ORACLE_SCALE is a factor on the number of register settings, HYPSTEP_ORACLE_SEED another start of the sequence.
 *
 * Where QEMU 7.2 differs from the Arm ARM (DDI 0487), which the unit tests of sim/memory hold instead:
 * - A block descriptor at level 0 is invalid (D8.3); QEMU takes it for a 512 GB block.
 * - PAR_EL1.SH is 0b10 for Device and for wholly non-cacheable memory (D17.2, PAR_EL1); QEMU reports the descriptor's.
 * - HCR_EL2.PTW bars table walks from Device memory of stage 2 (D17.2, HCR_EL2); QEMU also does with stage 2 off.
 * - HCR_EL2.TGE turns stage 1 of EL1&0 off (D17.2, HCR_EL2; AArch64.S1Enabled); QEMU's AT does not heed it.
 * - A stage 2 fault on a stage 1 walk has the level of the stage 2 look-up (AArch64.S2Walk); QEMU gives that of stage 1.
 * - What limits stage 2 input addresses and start levels is the implemented physical address size (D8.2,
 *   AArch64.S2MinTxSZ, AArch64.S2InvalidSL); QEMU goes by VTCR_EL2.PS.
 * - The Device type of stage 1 Device and stage 2 Normal memory is stage 1's (S2CombineS1MemAttrs); QEMU mixes the
 *   inner cacheability of the Normal memory into it.
 * - Stage 1 write-back transient and stage 2 write-through memory are write-through transient (S2CombineS1AttrHints);
 *   QEMU drops the hint.
 * - An unaligned access to Device memory is an alignment fault (B2.5); QEMU lets it through.
 * - PC alignment faults come before instruction aborts (D1.3.5); in QEMU after them.
 * - An external abort on a walk for AT is taken as an exception (AArch64.AT); QEMU puts it into PAR_EL1.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cpu } from '../../sim/core/cpu.ts';
import { ArchException } from '../../sim/core/exceptions.ts';
import { CURRENT_EL, PAN, RegisterMap } from '../../sim/core/registers.ts';
import { Memory } from '../../sim/memory/memory.ts';
import { PhysicalMemory } from '../../sim/memory/physical.ts';
import {
  type AccessResult,
  atNames,
  idRegisters,
  LAYOUT,
  listRegisters,
  runProgram,
  type StubName,
  stubs,
  WorkList,
} from './memory-program.ts';
import { makeSetting, randomVa, SCTLR_A, SCTLR_EL2_RES1, type Setting } from './memory-settings.ts';
import { Random, TableSpace } from './memory-tables.ts';
import { inTempFolder, withTools } from './tools.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240611');
const TOOLS = ['aarch64-linux-gnu-as', 'aarch64-linux-gnu-ld', 'qemu-system-aarch64'];

/** Our machine under the same settings. */
class Ours {
  readonly cpu = new Cpu(new RegisterMap());
  readonly physical = new PhysicalMemory(BigInt(LAYOUT.ram), LAYOUT.ramSize);
  readonly memory: Memory;

  constructor(space: TableSpace) {
    this.physical.writeBytes(BigInt(space.base), space.bytes);
    this.memory = new Memory(this.cpu, this.physical);
  }

  set(name: string, value: bigint): void {
    this.cpu.cells[this.cpu.registers.allocate(name)] = value;
    this.cpu.contextChanged();
  }

  apply(setting: Setting): void {
    for (const [name, value] of setting.registers) this.set(name, value);
    this.memory.tlbi('alle1', 0n);
    this.memory.tlbi('alle2', 0n);
  }

  enter(el: number, pan: boolean): void {
    this.cpu.cells[CURRENT_EL] = BigInt(el << 2);
    this.cpu.cells[PAN] = pan ? 1n << 22n : 0n;
    this.cpu.contextChanged();
  }

  at(name: string, va: bigint): bigint {
    this.memory.at(name, Number(va & 0xffff_ffffn), Number(va >> 32n));
    return this.cpu.cells[this.cpu.registers.find('par_el1')!]!;
  }
}

const PAR_F = 1n;
const PAR_PTW = 1n << 8n;
const PAR_S = 1n << 9n;
const FST_LEVEL = 0b11n << 1n;
const SH = 0b11n << 7n;
const DEVICE_TYPE = 0b11n << 58n;

/** `par` after AT `name`, without what QEMU gets wrong (see above). */
function comparable(name: string, par: bigint): bigint {
  if ((par & PAR_F) === 0n) {
    const anyDevice = name.startsWith('s12') && par >> 60n === 0n ? par & ~DEVICE_TYPE : par;
    return (anyDevice & ~SH) | reportedShareability(par);
  }
  return (par & PAR_PTW) !== 0n ? par & ~FST_LEVEL : par;
}

/** Outer shareable, in place, where the attributes of `par` make it so; else what `par` has. */
function reportedShareability(par: bigint): bigint {
  const attributes = Number(par >> 56n);
  return attributes < 0x10 || attributes === 0x44 ? 0b10n << 7n : par & SH;
}

/** How a translation ended, in short: status code, stage. */
function kindOf(par: bigint): string {
  if ((par & PAR_F) === 0n) return 'success';
  const stage = (par & PAR_PTW) !== 0n ? 'stage 2 for stage 1' : (par & PAR_S) !== 0n ? 'stage 2' : 'stage 1';
  return `${stage}: ${['address size', 'translation', 'access flag', 'permission'][Number(par >> 3n) & 3]}`;
}

/** What must come up for the comparison to mean something. */
const expectedKinds = [
  'success',
  ...['stage 1', 'stage 2'].flatMap((stage) =>
    ['address size', 'translation', 'access flag', 'permission'].map((fault) => `${stage}: ${fault}`),
  ),
  ...['translation', 'access flag', 'permission'].map((fault) => `stage 2 for stage 1: ${fault}`),
];

function describe(setting: Setting): string {
  return [...setting.registers].map(([name, value]) => `${name}=0x${value.toString(16)}`).join(' ');
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

const memory = suite('memory');

for (const { cpu, physicalBits } of [
  { cpu: 'cortex-a53', physicalBits: 40 },
  { cpu: 'cortex-a57', physicalBits: 44 },
]) {
  withTools(memory, TOOLS, `AT gives QEMU's PAR_EL1 under random tables and registers (${cpu})`, () => {
    const random = new Random(seed);
    const space = new TableSpace(LAYOUT.tables, LAYOUT.results - LAYOUT.tables);
    const list = new WorkList();
    const asked: { setting: Setting; name: (typeof atNames)[number]; va: bigint }[] = [];
    for (const name of idRegisters) list.readId(name);
    for (let n = 0; n < 30 * scale; n++) {
      const setting = makeSetting(random, space, physicalBits, false);
      // The MMU of EL2 goes off before its tables change, and on last.
      list.set('sctlr_el2', SCTLR_EL2_RES1);
      for (const name of [...listRegisters].reverse()) {
        const value = setting.registers.get(name);
        if (value !== undefined) list.set(name, value);
      }
      list.tlbi();
      for (let request = 0; request < 40; request++) {
        const va = randomVa(random, setting, 8n);
        const el2Va = random.wide(setting.el2Bits) | (random.chance(5) ? random.wide(8) << 56n : 0n);
        for (const name of atNames) {
          asked.push({ setting, name, va: name.includes('e2') ? el2Va : va });
          list.at(name, asked.at(-1)!.va);
        }
      }
    }
    list.set('sctlr_el2', SCTLR_EL2_RES1);
    const results = inTempFolder((folder) => runProgram(folder, cpu, list, new Map([[space.base, space.bytes]])));
    const ours = new Ours(space);
    for (const [n, name] of idRegisters.entries()) ours.set(name, results[n]!);
    ours.enter(2, false);
    let applied: Setting | undefined;
    let differences = 0;
    const kinds = new Set<string>();
    asked.forEach(({ setting, name, va }, n) => {
      if (applied !== setting) ours.apply(setting);
      applied = setting;
      const theirs = results[idRegisters.length + n]!;
      const par = ours.at(name, va);
      kinds.add(kindOf(par));
      if (comparable(name, par) === comparable(name, theirs)) return;
      if (differences++ < 10)
        console.log(`seed ${seed}: at ${name} ${hex(va)}: ours ${hex(par)}, QEMU ${hex(theirs)}; ${describe(setting)}`);
    });
    assert.is(differences, 0, `${differences} of ${asked.length} differ`);
    for (const kind of expectedKinds) assert.ok(kinds.has(kind), `no translation ended in '${kind}'`);
  });
}

const ISS_S1PTW = 1 << 7;
const EXTERNAL_ABORT = 0x10;
const ALIGNMENT_FAULT = 0x21;

interface Attempt {
  readonly setting: Setting;
  readonly stub: StubName;
  readonly el: 0 | 1;
  readonly pan: boolean;
  readonly va: bigint;
}

/** An outcome of an access, ours or QEMU's, as one text. */
function outcomeText(fields: {
  taken: number;
  ec: number;
  iss: number;
  far: bigint;
  hpfar?: bigint;
  value?: bigint;
}): string {
  const { taken, ec, iss, far, hpfar, value } = fields;
  if (taken === 0) return `read ${hex(value ?? 0n)}`;
  // ISS bits 24:14 describe the instruction; they are not the memory's to fill in.
  const level = iss & ISS_S1PTW ? 0b11 : 0;
  return `to EL${taken} ec ${ec.toString(16)} iss ${(iss & 0x3fff & ~level).toString(16)} far ${hex(far)} ipa ${hex(hpfar ?? 0n)}`;
}

function theirOutcome(stub: StubName, result: AccessResult): string {
  const fields = (taken: number, esr: bigint, far: bigint) => {
    const ec = Number(esr >> 26n) & 0x3f;
    return { taken, ec: ec & ~1, iss: Number(esr & 0x1ff_ffffn), far };
  };
  const esrEl2 = fields(2, result.esrEl2, result.farEl2);
  if (esrEl2.ec !== 0x16) return outcomeText({ ...esrEl2, hpfar: (result.hpfarEl2 >> 4n) << 12n });
  const returned = esrEl2.iss === 0 || result.esrEl1 >> 26n === 0x15n;
  const value = stub === 'at' ? comparable('s1e1w', result.x0) : result.x0;
  if (returned) return outcomeText({ ...esrEl2, taken: 0, value });
  return outcomeText(fields(1, result.esrEl1, result.farEl1));
}

function ourOutcome(ours: Ours, { stub, va }: Attempt): string {
  const [lo, hi] = [Number(va & 0xffff_ffffn), Number(va >> 32n)];
  const { memory, cpu } = ours;
  cpu.cells[0] = 0n;
  cpu.cells[1] = va;
  const actions: Record<StubName, () => void> = {
    ldr: () => memory.load64(0, lo, hi),
    str: () => memory.store64(1, lo, hi),
    ldrb: () => memory.load8(0, lo, hi),
    strb: () => memory.store8(1, lo, hi),
    ldtr: () => memory.loadUnprivileged(0, lo, hi, 3),
    sttr: () => memory.storeUnprivileged(1, lo, hi, 3),
    br: () => memory.fetchOffset(lo, hi),
    at: () => {
      cpu.cells[0] = comparable('s1e1w', ours.at('s1e1w', va));
    },
  };
  try {
    actions[stub]();
  } catch (error) {
    if (!(error instanceof ArchException)) throw error;
    const hpfar = error.ipa === undefined ? undefined : (error.ipa >> 12n) << 12n;
    const { ec, iss, far, targetEl } = error;
    return outcomeText({ taken: targetEl ?? 1, ec, iss, far: far!, hpfar });
  }
  return outcomeText({ taken: 0, ec: 0, iss: 0, far: 0n, value: cpu.cells[0] });
}
/** PSTATE for code at EL1h or EL0t with interrupts masked, in the layout of SPSR_EL2. */
function spsrOf(el: 0 | 1, pan: boolean): bigint {
  return 0x3c0n | (el === 1 ? 5n : 0n) | (pan ? 1n << 22n : 0n);
}

function randomAttempt(random: Random, setting: Setting, hasPan: boolean): Attempt {
  const el = random.chance(50) ? 1 : 0;
  const choices = Object.keys(stubs) as StubName[];
  const stub = random.pick(el === 1 ? choices : choices.slice(0, choices.indexOf('ldtr')));
  const checked = (setting.registers.get('sctlr_el1')! & SCTLR_A) !== 0n;
  const unaligned = random.chance(checked ? 15 : 5);
  let va = randomVa(random, setting, unaligned || stub.endsWith('b') ? 1n : 8n);
  // A branch takes the tag away; what remains is not for the memory to decide.
  if (stub === 'br') va = BigInt.asUintN(64, BigInt.asIntN(56, va)) & -4n;
  return { setting, stub, el, pan: hasPan && el === 1 && random.chance(50), va };
}

/** Whether both machines can be asked: not where memory differs on purpose, and not where QEMU is known to differ. */
function isComparable(ours: Ours, attempt: Attempt, outcome: string, written: bigint | undefined): boolean {
  const inside = (pa: bigint, start: number, size: number) => pa >= BigInt(start) && pa + 8n <= BigInt(start + size);
  const isScratch = (pa: bigint) => inside(pa, LAYOUT.scratch, LAYOUT.scratchSize);
  const status = Number.parseInt(/iss (\w+)/.exec(outcome)?.[1] ?? '0', 16) & 0x3f;
  if (status === EXTERNAL_ABORT) return false;
  if (status === ALIGNMENT_FAULT && (attempt.setting.registers.get('sctlr_el1')! & SCTLR_A) === 0n) return false;
  if (!outcome.startsWith('read')) return true;
  if (attempt.stub === 'at') return true;
  if (attempt.stub === 'br') return false;
  if (written !== undefined) return isScratch(written);
  const pa = ours.memory.translate(attempt.va, attempt.stub === 'ldtr' ? 0 : attempt.el);
  return pa !== undefined && (isScratch(pa) || inside(pa, LAYOUT.tables, LAYOUT.results - LAYOUT.tables));
}

/** ID_AA64MMFR1_EL1.XNX: FEAT_XNX. */
const XNX = 1n << 28n;

/** The setting with TCR_EL1.HPD0 and HPD1 (FEAT_HPDS) at random. */
function withoutHierarchy(random: Random, setting: Setting): Setting {
  const tcr = setting.registers.get('tcr_el1')! | (BigInt(random.below(4)) << 41n);
  return { ...setting, registers: new Map([...setting.registers, ['tcr_el1', tcr]]) };
}

// A Cortex-A76 has FEAT_PAN, FEAT_XNX and FEAT_HPDS.
for (const { cpu, physicalBits, isNewer } of [
  { cpu: 'cortex-a57', physicalBits: 44, isNewer: false },
  { cpu: 'cortex-a76', physicalBits: 40, isNewer: true },
]) {
  withTools(
    memory,
    TOOLS,
    `loads, stores and fetches at EL1 and EL0 end as in QEMU under random tables (${cpu})`,
    () => {
      const random = new Random(seed + 1);
      const space = new TableSpace(LAYOUT.tables, LAYOUT.results - LAYOUT.tables);
      const settings = [...Array(Math.ceil(30 * scale))]
        .map(() => makeSetting(random, space, physicalBits, true))
        .map((setting) => (isNewer ? withoutHierarchy(random, setting) : setting));
      const ours = new Ours(space);
      ours.set('id_aa64mmfr0_el1', physicalBits === 44 ? 0x1124n : 0x1122n);
      if (isNewer) ours.set('id_aa64mmfr1_el1', XNX);
      let written: bigint | undefined;
      const undo: (() => void)[] = [];
      ours.cpu.journal = {
        cell: () => {},
        exception: () => {},
        memory: (_lo, _hi, offset, size) => {
          const pa = BigInt(ours.physical.base + offset);
          const old = ours.physical.read(pa, size);
          written = pa;
          undo.push(() => ours.physical.write(pa, size, old));
        },
      };
      const list = new WorkList();
      const expected: { attempt: Attempt; outcome: string }[] = [];
      for (const setting of settings) {
        for (const [name, value] of setting.registers) list.set(name, value);
        list.tlbi();
        ours.apply(setting);
        for (let n = 0; n < 150; n++) {
          const attempt = randomAttempt(random, setting, isNewer);
          ours.enter(attempt.el, attempt.pan);
          written = undefined;
          undo.length = 0;
          const outcome = ourOutcome(ours, attempt);
          if (!isComparable(ours, attempt, outcome, written)) {
            for (const step of undo) step();
            continue;
          }
          expected.push({ attempt, outcome });
          list.run(attempt.stub, attempt.el, spsrOf(attempt.el, attempt.pan), attempt.va);
        }
      }
      list.set('sctlr_el2', SCTLR_EL2_RES1);
      const results = inTempFolder((folder) => runProgram(folder, cpu, list, new Map([[space.base, space.bytes]])));
      let differences = 0;
      const kinds = new Set<string>();
      expected.forEach(({ attempt, outcome }, n) => {
        const [esrEl2, farEl2, hpfarEl2, esrEl1, farEl1, x0] = results.subarray(6 * n, 6 * n + 6);
        const result = {
          esrEl2: esrEl2!,
          farEl2: farEl2!,
          hpfarEl2: hpfarEl2!,
          esrEl1: esrEl1!,
          farEl1: farEl1!,
          x0: x0!,
        };
        const theirs = theirOutcome(attempt.stub, result);
        kinds.add(`${attempt.stub} ${outcome.replace(/ ec.*| 0x.*/, '')}`);
        if (theirs === outcome) return;
        if (differences++ < 10) {
          const { stub, el, pan, va, setting } = attempt;
          console.log(
            `seed ${seed}: ${stub} ${hex(va)} at EL${el}${pan ? ' PAN' : ''}: ours ${outcome}, QEMU ${theirs}; ${describe(setting)}`,
          );
        }
      });
      assert.is(differences, 0, `${differences} of ${expected.length} differ`);
      for (const stub of Object.keys(stubs)) {
        // Fetches that succeed, and most faults of AT, have nothing to compare.
        const ends =
          stub === 'br' ? ['to EL1', 'to EL2'] : stub === 'at' ? ['read', 'to EL2'] : ['read', 'to EL1', 'to EL2'];
        for (const end of ends) assert.ok(kinds.has(`${stub} ${end}`), `no '${stub}' ended in '${end}'`);
      }
    },
  );
}

memory.run();
