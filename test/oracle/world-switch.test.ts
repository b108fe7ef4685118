/**
 * Scenarios as bare-metal images, in QEMU and in a Machine: the same registers after every instruction, from the reset into
 * EL2 to the semihosting exit, and the same state at the end. `npm run oracle:qemu -- --kernel TREE` does the same with the
 * world switch of a Linux tree.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBareMetal } from './bare-metal.ts';
import { inTempFolder, withTools } from './tools.ts';
import { imageOf, SCENARIO_RAM, type Variation, variations } from './world-switch-variations.ts';

const switches = suite('world switches in lockstep with QEMU');

/** Registers of which the world switch has its own, and which are to be among those compared at the end. */
const expected = [
  'hcr_el2',
  'vttbr_el2',
  'cptr_el2',
  'mdcr_el2',
  'ttbr1_el1',
  'dbgbcr3_el1',
  'dbgwvr2_el1',
  'cntvoff_el2',
];

function identical(variation: Variation, sources: string): void {
  const { name, gic } = variation;
  withTools(switches, ['qemu-system-aarch64'], `${name}, ${sources} debug_ptr`, () =>
    inTempFolder(async (folder) => {
      const elf = imageOf(variation, sources);
      const result = await compareBareMetal({ elf, cpu: 'cortex-a53', gic, ram: SCENARIO_RAM }, folder);
      if ('text' in result) assert.unreachable(`step ${result.step}:\n${result.text}`);
      else {
        assert.ok(result.steps > 800, `${result.steps} steps`);
        for (const register of expected) assert.ok(result.systemRegisters.includes(register), register);
      }
    }),
  );
}

for (const variation of variations) identical(variation, 'after');
for (const variation of variations.filter(({ entries }) => entries !== undefined)) identical(variation, 'before');

switches.run();
