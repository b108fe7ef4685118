/**
 * Every scenario of fixtures/scenarios as a bare-metal image in QEMU and on the board: the same after every instruction, and
 * the same state at the end. A scenario of which there can be no image, or none that QEMU's machine can run, is left out by
 * what it is. One in which QEMU goes another way is compared up to there, which the list of those says, and once more
 * without what makes the difference.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { decodeText, type FileReader, MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { cpuModel, debugRegisterCounts } from '../../sim/core/models.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import { type LoadedScenario, loadCombinations } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import type { Scenario } from '../../sim/scenario/schema.ts';
import { fixtures, withReplaced } from '../scenario/world-switch.ts';
import { compareBareMetal } from './bare-metal.ts';
import {
  deviatingScenarios,
  type Edit,
  type ScenarioDeviation,
  scenariosWithWrongSyndrome,
  timedScenarios,
} from './qemu-deviations.ts';
import { inTempFolder, withTools } from './tools.ts';

const scenarios = suite('scenarios in lockstep with QEMU');

const nodeFiles = new NodeFiles();
const folder = join(fixtures, 'scenarios');
/** By the reason, those that cannot be compared. */
const leftOut = new Map<string, string[]>();
/** Those that are the same to their end, and those that are up to where QEMU goes another way. */
const compared: string[] = [];
const comparedInPart: string[] = [];
let steps = 0;

/** One scenario to compare: the file that it is from, and what it is called. */
interface Case {
  readonly file: string;
  readonly name: string;
  readonly loaded: LoadedScenario;
}

/** The schema's own step limit: a scenario that asks for more is a long one, of which the first entries are compared. */
const LONGEST = 1_000_000;
const FIRST_ENTRIES = 50;

/** The cases of a file: one for each combination. */
function casesOf(file: string): Case[] {
  return loadCombinations(join(folder, file), nodeFiles).map((loaded) => {
    const { combination, scenario } = loaded;
    const name = combination === undefined ? file : `${file} (${combination})`;
    if (scenario.steps <= LONGEST) return { file, name, loaded };
    const entries = Math.min(scenario.entries, FIRST_ENTRIES);
    return { file, name: `${name} (${entries} entries)`, loaded: { ...loaded, scenario: { ...scenario, entries } } };
  });
}

/** Why QEMU's machine is another than the scenario's; undefined where it is not. */
function difference({ machine }: Scenario): string | undefined {
  const { cpu, breakpoints, watchpoints } = machine;
  const own = debugRegisterCounts(cpuModel(cpu));
  if (breakpoints === own.breakpoints && watchpoints === own.watchpoints) return undefined;
  return `QEMU's ${cpu} has ${own.breakpoints} breakpoints and ${own.watchpoints} watchpoints`;
}

/** The image, or the reason why there is none. */
function imageOf({ loaded }: Case, files: FileReader): Uint8Array | string {
  const other = difference(loaded.scenario);
  if (other !== undefined) return other;
  try {
    return bareMetalImage(prepareScenario(loaded, { files, fixtures }), fixtures);
  } catch (error) {
    const found = diagnosticsOf(error);
    if (found === undefined) throw error;
    return found[0]!.message;
  }
}

function runBoth({ file, loaded }: Case, elf: Uint8Array, temporary: string) {
  const { cpu, gic, ram } = loaded.scenario.machine;
  return compareBareMetal({ elf, cpu, gic, ram, timed: timedScenarios.has(file) }, temporary);
}

/** Compares to the end, unless the scenario is one that is left out. */
async function compare(one: Case, temporary: string, files: FileReader = nodeFiles): Promise<void> {
  const { file, name } = one;
  const elf = imageOf(one, files);
  if (typeof elf === 'string') {
    leftOut.set(elf, [...(leftOut.get(elf) ?? []), name]);
    return;
  }
  const result = await runBoth(one, elf, temporary);
  if ('text' in result) return assert.unreachable(`${name}, step ${result.step}:\n${result.text}`);
  const isListed = scenariosWithWrongSyndrome.has(file);
  assert.is(result.excused.has('esr_el2'), isListed, `${name} reads an ESR_EL2 that QEMU gets wrong`);
  steps += result.steps;
  compared.push(name);
}

/** Compares up to the instruction where QEMU goes another way: there, and nowhere before. */
async function compareInPart(one: Case, { reason, behind, visits }: ScenarioDeviation, temporary: string) {
  const elf = imageOf(one, nodeFiles);
  if (typeof elf === 'string') return assert.unreachable(elf);
  const result = await runBoth(one, elf, temporary);
  if ('steps' in result)
    return assert.unreachable(`${one.name} is the same in QEMU to the end. It is listed: ${reason}`);
  const last = `${one.name}, step ${result.step}:\n${result.text}`;
  assert.ok(result.last?.text.includes(behind), last);
  assert.is(result.last?.visits, visits, last);
  steps += result.step;
  comparedInPart.push(one.name);
}

/** The fixtures with one text of theirs replaced. */
function edited({ file, text, instead }: Edit): FileReader {
  const path = `${folder}/../guests/${file}`;
  return new MemoryFiles({ [path]: withReplaced(decodeText(nodeFiles.read(path)!), text, instead) }, nodeFiles);
}

const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

for (const file of names) {
  const deviation = deviatingScenarios.get(file);
  withTools(scenarios, ['qemu-system-aarch64'], file, () =>
    inTempFolder(async (temporary) => {
      for (const one of casesOf(file)) {
        if (deviation === undefined) await compare(one, temporary);
        else await compareInPart(one, deviation, temporary);
      }
    }),
  );
  if (deviation === undefined) continue;
  withTools(scenarios, ['qemu-system-aarch64'], `${file}, without what makes it go another way in QEMU`, () =>
    inTempFolder(async (temporary) => {
      const files = edited(deviation.without);
      for (const one of casesOf(file)) await compare({ ...one, name: `${one.name}, edited` }, temporary, files);
    }),
  );
}

withTools(scenarios, ['qemu-system-aarch64'], 'most can be compared', () => {
  for (const listed of [...deviatingScenarios.keys(), ...scenariosWithWrongSyndrome, ...timedScenarios]) {
    assert.ok(names.includes(listed), `${listed} is listed and is not there`);
  }
  console.log(`${compared.length} scenarios compared, and ${comparedInPart.length} in part, ${steps} steps; left out:`);
  for (const [reason, found] of leftOut) console.log(`  ${reason}: ${found.length} (${found[0]})`);
  const files = names.filter((name) => compared.some((one) => one.startsWith(name)));
  assert.ok(files.length >= names.length / 2, `only ${files.length} of ${names.length} files`);
});

scenarios.run();
