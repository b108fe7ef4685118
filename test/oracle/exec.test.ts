/**
 * Random straight-line programs over the instruction table, compared with QEMU before every instruction.
 *
 * HYPSTEP_ORACLE_SCALE is a factor on the number of programs, HYPSTEP_ORACLE_SEED another start of the sequence.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Encoding, encodings } from '../../asm/a64/encoding.ts';
import { cpuModel, featuresOf } from '../../sim/core/models.ts';
import { PC } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { CODE, makePrograms } from './exec-programs.ts';
import { makeSystemPrograms } from './exec-system-programs.ts';
import { describe, followLog, type QemuRun, runQemu } from './lockstep.ts';
import { Random } from './memory-tables.ts';
import { deviating, untrapped } from './qemu-deviations.ts';
import { inTempFolder, withTools } from './tools.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240703');
const LENGTH = 200;

/** What all programs executed. */
const executed = new Set<Encoding>();
let steps = 0;

/** Encodings that no program here executes, although processors have them. */
const unexecuted: ReadonlyMap<string, string> = new Map([
  ['WFE', 'how long it waits is left to the processor (D1.6.1); test/exec/system.test.ts'],
]);

/** What any of the processors below has. */
const features = new Set(['cortex-a57', 'neoverse-n1'].flatMap((name) => [...featuresOf(cpuModel(name))]));

const programs = suite('random programs');

for (const [name, mmu] of [
  ['cortex-a57', false],
  ['cortex-a53', true],
  ['neoverse-n1', true],
] as const) {
  const title = `${name}, MMU ${mmu ? 'on' : 'off'}: registers and flags are QEMU's before every instruction`;
  withTools(programs, ['qemu-system-aarch64'], title, () => {
    const model = cpuModel(name);
    const machine = new Machine({ model, ram: { base: 0x4000_0000n, size: 256 << 20 } });
    const count = Math.max(1, Math.round(70 * scale));
    const random = new Random(seed);
    const image = makePrograms({ random, features: machine.features, mmu, programs: count, length: LENGTH });
    const done = inTempFolder((folder) => compare(machine, { image, base: CODE, cpu: name }, folder));
    assert.ok(done > count * LENGTH, `${done} steps for ${count} programs of ${LENGTH} instructions`);
  });
}

const systems = suite('random system programs');

for (const [name, gic] of [
  ['cortex-a57', 'v2'],
  ['neoverse-n1', 'v3'],
] as const) {
  const title = `${name}, GIC ${gic}: traps and exceptions are QEMU's`;
  withTools(systems, ['qemu-system-aarch64'], title, () => {
    const model = cpuModel(name, { gic });
    const machine = new Machine({ model, ram: { base: 0x4000_0000n, size: 256 << 20 } });
    const rounds = Math.max(1, Math.round(300 * scale));
    const excluded = new Set([...deviating, ...untrapped]);
    const image = makeSystemPrograms({ random: new Random(seed), machine, excluded, rounds });
    const options = gic === 'v3' ? 'gic-version=3' : undefined;
    inTempFolder((folder) => compare(machine, { image, base: CODE, cpu: name, machine: options }, folder));
  });
}

const coverage = suite('random programs, all of them');

withTools(coverage, ['qemu-system-aarch64'], 'execute every encoding of the table that a processor here has', () => {
  const present = encodings.filter(({ feature }) => feature === undefined || features.has(feature));
  const missing = present.filter((encoding) => !executed.has(encoding) && !unexecuted.has(encoding.name));
  console.log(`${executed.size} encodings executed of ${present.length} that a processor has, ${steps} steps`);
  assert.equal(
    missing.map(({ name, variant }) => `${name} ${variant ?? ''}`),
    [],
  );
});

programs.run();
systems.run();
coverage.run();

/** The number of steps that agreed. Fails with the first difference. */
function compare(machine: Machine, run: QemuRun, folder: string): number {
  const log = runQemu(run, folder);
  machine.physical.writeBytes(run.base, run.image);
  machine.cpu.cells[PC] = run.base;
  // Reset leaves the flags UNKNOWN; QEMU starts with Z.
  machine.cpu.cells[machine.cpu.cell('nzcv')] = 0x4000_0000n;
  machine.cpu.refresh();
  const result = followLog(machine, log, describe);
  if ('text' in result) return assert.unreachable(`seed ${seed}, step ${result.step}:\n${result.text}`) as never;
  for (const encoding of result.encodings) executed.add(encoding);
  steps += result.steps;
  return result.steps;
}
