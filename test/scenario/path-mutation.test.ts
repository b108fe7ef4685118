/** Each scenario of the world switch's paths fails when the line of hyp code that it is about is taken out or changed. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { failuresOf, scenariosOf } from './catalogue.ts';
import { fixtures } from './world-switch.ts';

type HypFile = 'hyp.S' | 'vgic-v2-switch.S' | 'vgic-v3-switch.S';

interface Break {
  readonly scenario: string;
  readonly file?: HypFile;
  /** Where to begin to look for `line`. */
  readonly after?: string;
  readonly line: string;
  /** What stands there instead; left out: nothing. */
  readonly becomes?: string;
}

const breaks: readonly Break[] = [
  { scenario: 'hvc', line: 'cbnz	x3, el1_trap' },
  { scenario: 'psci-version', line: 'callee_saved_xregs ldp, x3', after: '.macro restore_common_regs' },
  { scenario: 'psci-cpu-off-on', line: 'str	x21, [x3, #8 * 2]', after: '.macro save_common_regs' },
  { scenario: 'psci-system-off', line: 'str	w1, [x0, #VCPU_ESR_EL2]' },
  { scenario: 'psci-system-reset', line: 'mov	x1, #ARM_EXCEPTION_TRAP' },
  { scenario: 'wait', line: 'msr	hcr_el2, x2', after: '.macro activate_traps' },
  { scenario: 'tvm', line: '\\access	x9, ttbr0_el1', becomes: '\\access	x9, ttbr1_el1' },
  { scenario: 'trapped-registers', line: 'msr	mdcr_el2, x2', after: '.macro activate_traps' },
  { scenario: 'stage2-faults', line: 'at	s1e1r, x2' },
  { scenario: 'table-walk', line: 'tbnz	x1, #7, .Lread_fault' },
  { scenario: 'stale-page', line: 'tbnz	x3, #0, .Ltry_again' },
  { scenario: 'mmio-read', line: 'str	x3, [x0, #VCPU_HPFAR_EL2]' },
  { scenario: 'mmio-write', line: 'stp	x6, x7, [x3, #8 * 2]', after: '.macro save_guest_regs' },
  { scenario: 'mmio-big-endian', line: '\\access	x6, sctlr_el1', becomes: '\\access	x6, actlr_el1' },
  { scenario: 'irq-in-guest', line: 'orr	x25, x25, #HCR_INT_OVERRIDE' },
  { scenario: 'irq-in-guest', line: 'mov	x1, #ARM_EXCEPTION_IRQ', becomes: 'mov	x1, #ARM_EXCEPTION_TRAP' },
  { scenario: 'virtual-irq-v2', file: 'vgic-v2-switch.S', line: 'write_gich w5, 0' },
  { scenario: 'virtual-irq-active-v2', file: 'vgic-v2-switch.S', line: 'write_gich w6, GICH_APR' },
  { scenario: 'virtual-irq-overflow-v2', file: 'vgic-v2-switch.S', line: 'write_gich w4, GICH_HCR' },
  { scenario: 'virtual-irq-v3', file: 'vgic-v3-switch.S', line: 'msr_s	\\register, \\rt' },
  { scenario: 'virtual-irq-active-v3', file: 'vgic-v3-switch.S', line: 'restore_active_priorities GROUP1' },
  { scenario: 'virtual-irq-overflow-v3', file: 'vgic-v3-switch.S', line: 'msr_s	ICH_HCR_EL2, x4' },
  { scenario: 'virtual-timer', line: 'msr	cntv_ctl_el0, x3' },
  { scenario: 'virtual-timer', line: 'msr	cntvoff_el2, x3' },
  { scenario: 'gic-disabled', file: 'vgic-v2-switch.S', line: 'cbz	x2, \\none' },
  { scenario: 'gic-disabled', line: 'ldr	x25, [x0, #VCPU_IRQ_LINES]', becomes: 'mov	x25, #0' },
  { scenario: 'virtual-serror', line: 'ldr	x2, [x0, #VCPU_HCR_EL2]', becomes: 'mov	x2, #HCR_RW' },
  { scenario: 'panic-fiq', line: 'ventry	el1_fiq_invalid', becomes: 'ventry	el1_irq' },
  { scenario: 'panic-serror', line: 'bl	__restore_sysregs', after: '__kvm_hyp_panic:' },
  { scenario: 'panic-unmapped-context', line: 'cbz	x0, .Lhost_in_place' },
  { scenario: 'panic-unmapped-debug-ptr', line: 'bl	__restore_sysregs', after: '__kvm_hyp_panic:' },
  { scenario: 'tlb-flush-ipa', line: 'tlbi	ipas2e1is, x1' },
  { scenario: 'tlb-flush-ipa', line: 'tlbi	vmalle1is' },
  { scenario: 'tlb-flush-ipa', line: 'lsr	x1, x1, #12' },
  { scenario: 'tlb-flush-vmid', line: 'tlbi	vmalls12e1is', becomes: 'tlbi	vmalle1is' },
  { scenario: 'tlb-flush-other', line: 'tlbi	vmalls12e1is', becomes: 'tlbi	alle1is' },
  { scenario: 'tlb-flush-all', line: 'tlbi	alle1is', becomes: 'tlbi	vmalls12e1is' },
  { scenario: 'get-vectors', line: 'mrs	x0, vbar_el2' },
  { scenario: 'get-mdcr', line: 'msr	mdcr_el2, x2', after: '.macro deactivate_traps' },
  { scenario: 'two-vcpus', line: 'msr	tpidr_el2, x0' },
  { scenario: 'many-switches', line: '\\access	x21, tpidr_el1', becomes: '\\access	x20, tpidr_el1' },
];

/** The folder's file with `line`, after `after`, replaced. Throws where there is no such line. */
function broken({ file = 'hyp.S', after, line, becomes = '' }: Break): string {
  const text = readFileSync(`${fixtures}/hyp/after/${file}`, 'utf8');
  const from = after === undefined ? 0 : text.indexOf(after);
  const at = from < 0 ? -1 : text.indexOf(`\t${line}`, from);
  if (at < 0) throw new Error(`${file} has no line '${line}'`);
  return `${text.slice(0, at + 1)}${becomes}${text.slice(at + 1 + line.length)}`;
}

const sources = new NodeFiles();

/** What the report says of the scenario on hyp code that is broken so. */
function failuresWith(change: Break): readonly string[] {
  const copy = new MemoryFiles({}, sources);
  for (const name of ['hyp.S', 'vgic-v2-switch.S', 'vgic-v3-switch.S']) {
    copy.set(`copy/${name}`, sources.read(`${fixtures}/hyp/after/${name}`)!);
  }
  copy.set(`copy/${change.file ?? 'hyp.S'}`, new TextEncoder().encode(broken(change)));
  const builds = new KernelBuilds({ files: copy, fixtures, sources: 'after', hyp: 'copy' });
  return failuresOf(scenariosOf(change.scenario)[0]!, builds) ?? [];
}

for (const change of breaks) {
  const { scenario, line, becomes } = change;
  const what = becomes === undefined ? `without '${line}'` : `with '${becomes}' for '${line}'`;
  test(`${scenario} fails ${what}`.replaceAll('\t', ' '), () => {
    assert.ok(failuresWith(change).length > 0);
  });
}

test.run();
