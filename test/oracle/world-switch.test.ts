/**
 * Scenarios as bare-metal images, in QEMU and in a Machine: the same registers after every instruction, from the reset into
 * EL2 to the semihosting exit, and the same state at the end.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import { parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { fixtures, roundTrip } from '../scenario/world-switch.ts';
import { compareBareMetal } from './bare-metal.ts';
import { inTempFolder, withTools } from './tools.ts';

const switches = suite('world switches in lockstep with QEMU');

interface Variation {
  readonly mmu: boolean;
  readonly gic: 'v2' | 'v3';
  readonly guest: string;
  readonly vcpu: readonly string[];
  readonly entries?: number;
  readonly sources?: string;
}

const ram = 16;
/** The guest may write the stage 1 registers, without a trap. */
const CACHES_ON = 'arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM';
const DIRTY = 'arch.debug_flags: KVM_ARM64_DEBUG_DIRTY';

function imageOf({ mmu, gic, guest, vcpu, entries = 1, sources = 'after' }: Variation): Uint8Array {
  const text = [
    'name: lockstep',
    `sources: ${sources}`,
    `machine: { gic: ${gic}, mmu: ${mmu}, ram: ${ram} }`,
    'host: { code: ../guests/host.S }',
    `guest: { code: ../guests/${guest}.S }`,
    `vcpu: { ${vcpu.join(', ')} }`,
    `entries: ${entries}`,
  ].join('\n');
  const files = new NodeFiles();
  return bareMetalImage(prepareScenario(parseScenario(roundTrip, text), { files, fixtures }), fixtures);
}

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

function identical(what: string, variation: Variation): void {
  const { mmu, gic } = variation;
  const title = `${what}, MMU ${mmu ? 'on' : 'off'}, GIC${gic}`;
  withTools(switches, ['qemu-system-aarch64'], title, () =>
    inTempFolder(async (folder) => {
      const result = await compareBareMetal({ elf: imageOf(variation), cpu: 'cortex-a53', gic, ram }, folder);
      if ('text' in result) assert.unreachable(`step ${result.step}:\n${result.text}`);
      else {
        assert.ok(result.steps > 800, `${result.steps} steps`);
        for (const name of expected) assert.ok(result.systemRegisters.includes(name), name);
        if (process.env.HYPSTEP_ORACLE_VERBOSE) console.log(`${title}: identical: ${result.steps} steps`);
      }
    }),
  );
}

for (const mmu of [true, false]) {
  for (const gic of ['v2', 'v3'] as const) {
    for (const debug of ['clean', 'dirty']) {
      for (const fp of ['touched', 'untouched']) {
        const guest = fp === 'touched' ? 'guest-round-trip' : 'guest-nofp';
        // A guest with clean state leaves at its first access to a debug register.
        const exit = debug === 'clean' ? 'trapped debug register' : 'HVC';
        const vcpu = debug === 'dirty' ? [CACHES_ON, DIRTY] : [CACHES_ON];
        identical(`debug ${debug}, FP ${fp}, exit by ${exit}`, { mmu, gic, guest, vcpu });
      }
    }
    identical('exit by trapped system register', { mmu, gic, guest: 'guest-round-trip', vcpu: [DIRTY] });
    identical('exit by stage 2 abort', { mmu, gic, guest: 'guest-abort', vcpu: [CACHES_ON, DIRTY] });
    identical('five entries', { mmu, gic, guest: 'guest-round-trip', vcpu: [CACHES_ON, DIRTY], entries: 5 });
    identical('before debug_ptr', { mmu, gic, guest: 'guest-round-trip', vcpu: [CACHES_ON, DIRTY], sources: 'before' });
  }
}

switches.run();
