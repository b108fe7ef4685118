/**
 * Every scenario of fixtures/scenarios as a bare-metal image in QEMU and on the board: the same after every instruction, and
 * the same state at the end. A scenario of which there can be no image, or none that QEMU's machine can run, is left out by
 * what it is, and those in which QEMU goes another way by their list; each is told with its reason.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { cpuModel, debugRegisterCounts } from '../../sim/core/models.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import { type LoadedScenario, loadCombinations } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import type { Scenario } from '../../sim/scenario/schema.ts';
import { fixtures } from '../scenario/world-switch.ts';
import { compareBareMetal } from './bare-metal.ts';
import { deviatingScenarios } from './qemu-deviations.ts';
import { inTempFolder, withTools } from './tools.ts';

const scenarios = suite('scenarios in lockstep with QEMU');

const files = new NodeFiles();
const folder = join(fixtures, 'scenarios');
/** By the reason, those that cannot be compared. */
const leftOut = new Map<string, string[]>();
const compared: string[] = [];
let steps = 0;

/** Why QEMU's machine is another than the scenario's; undefined where it is not. */
function difference({ machine, steps: limit }: Scenario): string | undefined {
  const { cpu, breakpoints, watchpoints } = machine;
  const own = debugRegisterCounts(cpuModel(cpu));
  if (breakpoints !== own.breakpoints || watchpoints !== own.watchpoints) {
    return `QEMU's ${cpu} has ${own.breakpoints} breakpoints and ${own.watchpoints} watchpoints`;
  }
  if (limit > LONGEST) return `it may take ${limit} steps, more than ${LONGEST}: QEMU logs some 800 bytes for each`;
  return undefined;
}

/** The schema's own step limit: a scenario that asks for more is a long one. */
const LONGEST = 1_000_000;

/** The image, or the reason why there is none. */
function imageOf(loaded: LoadedScenario): Uint8Array | string {
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

async function compare(name: string, loaded: LoadedScenario, temporary: string): Promise<void> {
  const elf = deviatingScenarios.get(name) ?? imageOf(loaded);
  if (typeof elf === 'string') {
    leftOut.set(elf, [...(leftOut.get(elf) ?? []), name]);
    return;
  }
  const { cpu, gic, ram } = loaded.scenario.machine;
  const result = await compareBareMetal({ elf, cpu, gic, ram }, temporary);
  if ('text' in result) return assert.unreachable(`${name}, step ${result.step}:\n${result.text}`);
  steps += result.steps;
  compared.push(name);
}

const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

for (const name of names) {
  withTools(scenarios, ['qemu-system-aarch64'], name, () =>
    inTempFolder(async (temporary) => {
      for (const loaded of loadCombinations(join(folder, name), files)) {
        const { combination } = loaded;
        await compare(combination === undefined ? name : `${name} (${combination})`, loaded, temporary);
      }
    }),
  );
}

withTools(scenarios, ['qemu-system-aarch64'], 'most can be compared', () => {
  for (const name of deviatingScenarios.keys()) assert.ok(names.includes(name), `${name} is listed and is not there`);
  console.log(`${compared.length} scenarios compared, ${steps} steps; left out:`);
  for (const [reason, found] of leftOut) console.log(`  ${reason}: ${found.length} (${found[0]})`);
  const files = names.filter((name) => compared.some((one) => one.startsWith(name)));
  assert.ok(files.length >= names.length / 2, `only ${files.length} of ${names.length} files`);
});

scenarios.run();
