/**
 * System registers compared with QEMU's: which encodings MRS may read and MSR may not write at EL0, EL1 and EL2 and with what
 * syndrome they fail, the values after reset, and what a written value reads back as.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classifyUnknown, decode } from '../../asm/a64/decode.ts';
import { genericRegisterName, systemRegisterByEncoding } from '../../asm/a64/sysregs.ts';
import { cpuModel } from '../../sim/core/models.ts';
import type { SystemRegister } from '../../sim/core/system-registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { ProbeImage, type ProbeResult } from './exec-probe.ts';
import { Random } from './memory-tables.ts';
import { deviating } from './qemu-deviations.ts';
import { inTempFolder, withTools } from './tools.ts';

const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240703');

const registers = suite('system registers');

const MSR_X0 = 0xd500_0000;
const MRS_X0 = 0xd520_0000;

const processors = [
  { cpu: 'cortex-a57', gic: 'v3', all: true },
  { cpu: 'cortex-a53', gic: 'v2', all: false },
  { cpu: 'cortex-a72', gic: 'v2', all: false },
  { cpu: 'neoverse-n1', gic: 'v3', all: false },
] as const;

type Processor = (typeof processors)[number];

function machineOf({ cpu, gic }: Processor): Machine {
  return new Machine({ model: cpuModel(cpu, { gic }), ram: { base: 0x4000_0000n, size: 256 << 20 } });
}

/** Fails with the names of the probes whose results differ. */
function compare(image: ProbeImage, processor: Processor, names: readonly string[]): void {
  const ours = image.runIn(machineOf(processor));
  const options = processor.gic === 'v3' ? ',gic-version=3' : '';
  const theirs = inTempFolder((folder) => image.runInQemu(processor.cpu, options, folder));
  const found = names.flatMap((name, i) => {
    const [a, b] = [describe(ours[i]!), describe(theirs[i]!)];
    return a === b ? [] : [`${name}: ${a}, in QEMU ${b}`];
  });
  assert.equal(found, []);
}

function describe({ value, syndrome }: ProbeResult): string {
  return syndrome === 0n ? `0x${value.toString(16)}` : `exception 0x${syndrome.toString(16)}`;
}

function nameOf(code: number): string {
  return systemRegisterByEncoding(code)?.name ?? genericRegisterName(code);
}

/** Every encoding with op0 2 or 3. */
const encodings = Array.from({ length: 1 << 15 }, (_, i) => (1 << 15) | i);

for (const processor of processors) {
  for (const el of [0, 1, 2] as const) {
    const title = `${processor.cpu} at EL${el}: MRS reads what QEMU's reads, or fails with the same syndrome`;
    withTools(registers, ['qemu-system-aarch64'], title, () => {
      const codes = encodings.filter(
        (code) => !deviating.has(nameOf(code)) && (processor.all || systemRegisterByEncoding(code) !== undefined),
      );
      const image = new ProbeImage(el);
      for (const code of codes) image.probe(MRS_X0 | (code << 5));
      compare(image, processor, codes.map(nameOf));
    });
  }
}

for (const processor of processors) {
  for (const el of [0, 1, 2] as const) {
    const title = `${processor.cpu} at EL${el}: MSR fails with the same syndrome as QEMU's wherever no register can be written`;
    withTools(registers, ['qemu-system-aarch64'], title, () => {
      const machine = machineOf(processor);
      const isWritable = (code: number) => {
        const lowest = machine.systemRegisters.encoded(code, true)?.row.writableFrom;
        return lowest !== undefined && lowest <= el;
      };
      const codes = encodings.filter(
        (code) =>
          !isWritable(code) &&
          !deviating.has(nameOf(code)) &&
          (processor.all || systemRegisterByEncoding(code) !== undefined),
      );
      const image = new ProbeImage(el);
      for (const code of codes) image.probe(MSR_X0 | (code << 5));
      compare(image, processor, codes.map(nameOf));
    });
  }
}

/** SYS and SYSL with every op1, CRn, CRm and op2, and MSR (immediate) with every op1, CRm and op2. X4 is an address in RAM. */
function systemInstructions(): { name: string; word: number }[] {
  const all = Array.from({ length: 1 << 14 }, (_, i) => i);
  const sys = all
    // Not DC ZVA: all memory is of Device type here.
    .filter((i) => nameOfOperation(i) !== '3_c7_c4_1')
    .flatMap((i) => [
      { name: `sys ${nameOfOperation(i)}`, word: (0xd508_0004 | (i << 5)) >>> 0 },
      { name: `sysl ${nameOfOperation(i)}`, word: (0xd528_0004 | (i << 5)) >>> 0 },
    ]);
  const immediate = Array.from({ length: 1 << 10 }, (_, i) => {
    const [op1, crm, op2] = [i >> 7, (i >> 3) & 15, i & 7];
    const word = (0xd500_401f | (op1 << 16) | (crm << 8) | (op2 << 5)) >>> 0;
    return { name: `msr (immediate) ${op1}_${crm}_${op2}`, word };
  });
  // What later extensions have and the instruction table lacks stops a run.
  return [...sys, ...immediate].filter(
    ({ word }) => decode(word) !== undefined || classifyUnknown(word) === 'unallocated',
  );
}

/** MSR DAIFSet and DAIFClr at EL0: QEMU's syndrome of the trap has op1 and op2 exchanged (D17.2.37). */
const MASKS = /^msr \(immediate\) 3_\d+_[67]$/;

/** The op1, CRn, CRm and op2 in the fourteen bits `i`. */
function nameOfOperation(i: number): string {
  return `${i >> 11}_c${(i >> 7) & 15}_c${(i >> 3) & 15}_${i & 7}`;
}

// The other two have the features of a Cortex-A57.
for (const processor of processors.filter(({ cpu }) => cpu === 'cortex-a57' || cpu === 'neoverse-n1')) {
  for (const el of [0, 1, 2] as const) {
    const title = `${processor.cpu} at EL${el}: system instructions are executed or UNDEFINED as in QEMU`;
    withTools(registers, ['qemu-system-aarch64'], title, () => {
      const image = new ProbeImage(el, ['movz x4, #0x4f00, lsl #16']);
      const instructions = systemInstructions().filter(({ name }) => el > 0 || !MASKS.test(name));
      for (const { word } of instructions) image.probe(word);
      compare(
        image,
        processor,
        instructions.map(({ name }) => name),
      );
    });
  }
}

/** Registers that a program cannot change at will and go on, and those whose reads change something. */
const unwritten = new Set([
  ...[
    'vbar_el2',
    'sctlr_el2',
    'spsel',
    'sp_el0',
    'pmcr_el0',
    'pmswinc_el0',
    'pmccntr_el0',
    'icc_iar0_el1',
    'icc_iar1_el1',
  ],
  ...['cntp_ctl_el0', 'cntv_ctl_el0', 'cnthp_ctl_el2', 'cnthv_ctl_el2'],
]);

function isTested({ name, row }: SystemRegister): boolean {
  return (
    row.writableFrom !== undefined && row.readableFrom !== undefined && !unwritten.has(name) && !deviating.has(name)
  );
}

for (const processor of processors) {
  const title = `${processor.cpu}: what is written to a register, reserved bits as they should be, reads back as in QEMU`;
  withTools(registers, ['qemu-system-aarch64'], title, () => {
    const random = new Random(seed);
    const image = new ProbeImage(2);
    const names: string[] = [];
    for (const register of [...machineOf(processor).systemRegisters.all].filter(isTested)) {
      const { mask, fixed } = register.row;
      for (const any of [0xffff_ffff_ffff_ffffn, random.wide(64), random.wide(64), 0n]) {
        const value = (any & mask) | fixed;
        image.constant(0, value);
        image.execute(MSR_X0 | (register.code << 5));
        image.probe(MRS_X0 | (register.code << 5));
        names.push(`${register.name} = 0x${value.toString(16)} (seed ${seed})`);
      }
    }
    compare(image, processor, names);
  });
}

registers.run();
