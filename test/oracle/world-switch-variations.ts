/** The scenarios whose bare-metal images are compared with QEMU, for the world switches that come with hypstep or a tree's. */
import { NodeFiles } from '../../asm/source/node-files.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import { parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { fixtures, roundTrip } from '../scenario/world-switch.ts';

export interface Variation {
  /** What it varies, for a title. */
  readonly name: string;
  readonly mmu: boolean;
  readonly gic: 'v2' | 'v3';
  readonly guest: string;
  readonly vcpu: readonly string[];
  readonly entries?: number;
}

/** Mebibytes of RAM that a scenario has, and is compared. */
export const SCENARIO_RAM = 16;
/** The guest may write the stage 1 registers, without a trap. */
const CACHES_ON = 'arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM';
const DIRTY = 'arch.debug_flags: KVM_ARM64_DEBUG_DIRTY';

/** MMU on and off, GICv2 and GICv3, debug state clean and dirty, FP touched and untouched, every kind of exit. */
export const variations: readonly Variation[] = [true, false].flatMap((mmu) =>
  (['v2', 'v3'] as const).flatMap((gic) => variationsOf(mmu, gic)),
);

function variationsOf(mmu: boolean, gic: 'v2' | 'v3'): Variation[] {
  const machine = { mmu, gic };
  const title = (what: string) => `${what}, MMU ${mmu ? 'on' : 'off'}, GIC${gic}`;
  const dirty = [CACHES_ON, DIRTY];
  const exits = (['clean', 'dirty'] as const).flatMap((debug) =>
    (['touched', 'untouched'] as const).map((fp): Variation => {
      // A guest with clean state leaves at its first access to a debug register.
      const exit = debug === 'clean' ? 'trapped debug register' : 'HVC';
      return {
        ...machine,
        name: title(`debug ${debug}, FP ${fp}, exit by ${exit}`),
        guest: fp === 'touched' ? 'guest-round-trip' : 'guest-nofp',
        vcpu: debug === 'dirty' ? dirty : [CACHES_ON],
      };
    }),
  );
  return [
    ...exits,
    { ...machine, name: title('exit by trapped system register'), guest: 'guest-round-trip', vcpu: [DIRTY] },
    { ...machine, name: title('exit by stage 2 abort'), guest: 'guest-abort', vcpu: dirty },
    { ...machine, name: title('exit by physical IRQ'), guest: 'guest-timer', vcpu: dirty },
    { ...machine, name: title('five entries'), guest: 'guest-round-trip', vcpu: dirty, entries: 5 },
  ];
}

/** The ELF file of a variation; `sources` as the scenario key of that name. */
export function imageOf({ mmu, gic, guest, vcpu, entries = 1 }: Variation, sources: string): Uint8Array {
  const text = [
    'name: lockstep',
    `sources: ${sources}`,
    `machine: { gic: ${gic}, mmu: ${mmu}, ram: ${SCENARIO_RAM} }`,
    'host: { code: ../guests/host.S }',
    `guest: { code: ../guests/${guest}.S }`,
    `vcpu: { ${vcpu.join(', ')} }`,
    `entries: ${entries}`,
  ].join('\n');
  const files = new NodeFiles();
  return bareMetalImage(prepareScenario(parseScenario(roundTrip, text), { files, fixtures }), fixtures);
}
