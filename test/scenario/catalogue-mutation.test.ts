/**
 * Each scenario of the catalogue that is about debug, FP or 32-bit state holds what its description says: with the line of
 * hyp.S changed that decides it, it fails, and tells what it should.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { failuresOf, scenariosOf } from './catalogue.ts';
import { fixtures, hypSource, withReplaced } from './world-switch.ts';

interface Mutation {
  readonly scenario: string;
  /** What is wrong with hyp.S. */
  readonly what: string;
  /** Text that hyp.S has once, and what is in its place; several in turn. */
  readonly changes: readonly (readonly [old: string, replacement: string])[];
  /** One of the failures. */
  readonly told: RegExp;
}

const mutations: readonly Mutation[] = [
  {
    scenario: 'debug-clean',
    what: 'the dirty flag is not tested',
    changes: [['\ttbz\t\\tmp, #KVM_ARM64_DEBUG_DIRTY_SHIFT, \\target\n', '']],
    told: /__save_debug was entered$/,
  },
  {
    scenario: 'debug-lazy',
    what: 'the exit leaves the dirty flag set',
    changes: [['\tstr\txzr, [x0, #VCPU_DEBUG_FLAGS]\n', '']],
    told: /vcpu\.arch\.debug_flags is 0x1, expected 0x0/,
  },
  {
    scenario: 'debug-mde',
    what: 'MDE does not force the switch',
    changes: [['#(DBG_MDSCR_MDE | DBG_MDSCR_KDE)', '#DBG_MDSCR_KDE']],
    told: /__save_debug was entered 0 times, expected 4/,
  },
  {
    scenario: 'debug-kde',
    what: 'KDE does not force the switch',
    changes: [['#(DBG_MDSCR_MDE | DBG_MDSCR_KDE)', '#DBG_MDSCR_MDE']],
    told: /__save_debug was entered 0 times, expected 4/,
  },
  {
    scenario: 'debug-mde',
    what: 'the switch is forced on the way in and not marked for the way out',
    changes: [['\tstr\tx26, [x0, #VCPU_DEBUG_FLAGS]\n', '']],
    told: /__restore_debug was entered 0 times, expected 4/,
  },
  {
    scenario: 'debug-sixteen',
    what: 'control registers are stored in the place of values',
    changes: [['save_debug dbgwvr', 'save_debug dbgwcr']],
    told: /guest to vcpu: dbgwvr15_el1 .* was 0x47554553c0f0/,
  },
  {
    scenario: 'debug-pairs',
    what: 'one register too few is skipped',
    changes: [['mov\tw26, #15', 'mov\tw26, #14']],
    told: /EL2 panicked/,
  },
  {
    scenario: 'guest-debug-breakpoint',
    what: "the guest is entered with the host's registers",
    changes: [
      [
        '\tldr\tx3, [x0, #VCPU_DEBUG_PTR]\n\tkern_hyp_va x3\n\tbl\t__restore_debug',
        '\tadd\tx3, x0, #VCPU_HOST_DEBUG_STATE\n\tbl\t__restore_debug',
      ],
    ],
    told: /run\.debug\.arch\.hsr is 0x0, expected 0xc2000022/,
  },
  {
    scenario: 'guest-debug-watchpoint',
    what: 'the faulting address is not stored',
    changes: [['\tstr\tx2, [x0, #VCPU_FAR_EL2]\n', '']],
    told: /run\.debug\.arch\.far is 0x0, expected 0x80000048/,
  },
  {
    scenario: 'guest-debug-step',
    what: 'MDCR_EL2 is not loaded, and step exceptions go to the guest',
    changes: [['\tldr\tx2, [x0, #VCPU_MDCR_EL2]\n', '\tmov\tx2, xzr\n']],
    told: /did not end within|exits to user space \[\]/,
  },
  {
    scenario: 'guest-debug-brk',
    what: 'MDCR_EL2 is not loaded, and BRK goes to the guest',
    changes: [['\tldr\tx2, [x0, #VCPU_MDCR_EL2]\n', '\tmov\tx2, xzr\n']],
    told: /exits to user space \[\], expected \[KVM_EXIT_DEBUG\]/,
  },
  {
    scenario: 'debug-brk',
    what: "EL2 takes the guest's BRK though nobody debugs it",
    changes: [['\tldr\tx2, [x0, #VCPU_MDCR_EL2]\n', '\tldr\tx2, [x0, #VCPU_MDCR_EL2]\n\torr\tx2, x2, #MDCR_EL2_TDE\n']],
    told: /exits to user space \[KVM_EXIT_DEBUG\], expected \[\]/,
  },
  ...['guest-debug-breakpoint-guest-only', 'guest-debug-watchpoint-guest-only', 'debug-own-exceptions'].map(
    (scenario) => ({
      scenario,
      what: "the guest's debug registers are left behind for the host",
      changes: [['\tadd\tx3, x0, #VCPU_HOST_DEBUG_STATE\n\tbl\t__restore_debug\n', '']] as const,
      told: /the host took an exception that its code does not handle, at host_vectors_spx_sync/,
    }),
  ),
  {
    scenario: 'debug-host-breakpoint',
    what: "the host's debug registers do not come back",
    changes: [['\tadd\tx3, x0, #VCPU_HOST_DEBUG_STATE\n\tbl\t__restore_debug\n', '']],
    told: /was to end otherwise: 'stuck'/,
  },
  {
    scenario: 'guest-debug-both',
    what: 'the registers are stored without regard to whose they are',
    changes: [
      [
        '\tldr\tx3, [x0, #VCPU_DEBUG_PTR]\n\tkern_hyp_va x3\n\tbl\t__save_debug',
        '\tadd\tx3, x0, #VCPU_HOST_DEBUG_STATE\n\tbl\t__save_debug',
      ],
    ],
    told: /host to host: dbgbvr0_el1 is 0x80000014/,
  },
  {
    scenario: 'one-reg-debug',
    what: 'the breakpoint control registers are not stored',
    changes: [['save_debug dbgbcr', '']],
    told: /KVM_GET_ONE_REG dbgbcr1_el1 is 0x1e6, expected 0x101e6/,
  },
  {
    scenario: 'fp-untouched',
    what: 'EL2 stores the V registers while FP traps',
    changes: [['\tskip_fpsimd_state x3, .Lfpsimd_not_saved\n', '']],
    told: /EL2 exception of class 0x7 by 'stp q0, q1, \[x3\]' in __save_fpsimd/,
  },
  {
    scenario: 'fp-lazy',
    what: 'FP is switched on every entry',
    changes: [['\torr\tx2, x2, #CPTR_EL2_TFP\n', '']],
    told: /switch_to_guest_fpsimd was entered 0 times, expected 3/,
  },
  {
    scenario: 'fp-kept',
    what: "the host's V registers are not stored before the guest's come in",
    changes: [['\tbl\t__save_fpsimd\n\n\tload_guest_context\n', '\tload_guest_context\n']],
    told: /host to host: v0\.d0 is/,
  },
  {
    scenario: 'aarch32-clean',
    what: 'two SPSRs are exchanged',
    changes: [
      ['\tmrs\tx5, spsr_und\n\tmrs\tx6, spsr_irq\n', '\tmrs\tx6, spsr_und\n\tmrs\tx5, spsr_irq\n'],
      ['\tmsr\tspsr_und, x5\n\tmsr\tspsr_irq, x6\n', '\tmsr\tspsr_und, x6\n\tmsr\tspsr_irq, x5\n'],
    ],
    told: /spsr_und .* is 0x1d2, expected 0x1db/,
  },
  {
    scenario: 'aarch32-clean',
    what: 'FPEXC is stored while FP traps',
    changes: [['\tskip_fpsimd_state x8, .Lfpexc_saved\\@\n', '']],
    told: /EL2 exception of class 0x7 by 'mrs x6, fpexc32_el2' in __kvm_vcpu_return/,
  },
  {
    scenario: 'aarch32-debug',
    what: 'DBGVCR is not stored',
    changes: [['\tstr\tx7, [x2, #CPU_SYSREG_OFFSET(DBGVCR32_EL2)]\n', '']],
    told: /dbgvcr32_el2 .* is 0x10, expected 0x2/,
  },
  {
    scenario: 'aarch32-fp',
    what: "the guest's FPEXC is not loaded with its V registers",
    changes: [['\tmsr\tfpexc32_el2, x4\n', '']],
    told: /KVM_GET_ONE_REG fpexc32_el2 is 0x40000700, expected 0x700/,
  },
  {
    scenario: 'aarch32-cp14',
    what: 'the breakpoint value registers are not loaded',
    changes: [['restore_debug dbgbvr', '']],
    told: /KVM_GET_ONE_REG dbgbvr3_el1 is .*, expected 0x123411223344/,
  },
  {
    scenario: 'aarch32-cp15',
    what: 'DACR is not loaded',
    changes: [['\tmsr\tdacr32_el2, x4\n', '']],
    told: /dacr32_el2 .*, expected 0x55555555/,
  },
  {
    scenario: 'aarch32-undefined',
    what: 'SPSR_und is not loaded',
    changes: [['\tmsr\tspsr_und, x5\n', '']],
    told: /vcpu to guest: spsr_und .* was 0x600001d3/,
  },
  {
    scenario: 'aarch32-condition',
    what: 'the syndrome is not stored',
    changes: [['\tstr\tw1, [x0, #VCPU_ESR_EL2]\n', '']],
    told: /vcpu\.arch\.ctxt\.gp_regs\.regs\.pc is .*, expected 0x80000004/,
  },
  {
    scenario: 'aarch32-t32',
    what: 'the syndrome loses IL',
    changes: [['\tstr\tw1, [x0, #VCPU_ESR_EL2]\n', '\tand\tw1, w1, #~(1 << 25)\n\tstr\tw1, [x0, #VCPU_ESR_EL2]\n']],
    told: /vcpu\.arch\.ctxt\.gp_regs\.regs\.pc is 0x80000004, expected 0x80000006/,
  },
];

for (const { scenario, what, changes, told } of mutations) {
  test(`${scenario} fails where ${what}`, () => {
    const hyp = changes.reduce((text, [old, replacement]) => withReplaced(text, old, replacement), hypSource());
    const copy = new MemoryFiles({ 'copy/hyp.S': hyp }, new NodeFiles());
    for (const name of ['vgic-v2-switch.S', 'vgic-v3-switch.S']) {
      copy.set(`copy/${name}`, copy.read(`${fixtures}/hyp/after/${name}`)!);
    }
    const builds = new KernelBuilds({ files: copy, fixtures, sources: 'after', hyp: 'copy' });
    const failures = failuresOf(scenariosOf(scenario)[0]!, builds) ?? [];
    assert.ok(
      failures.some((line) => told.test(line)),
      failures.slice(0, 5).join('\n') || 'it passes',
    );
  });
}

test.run();
