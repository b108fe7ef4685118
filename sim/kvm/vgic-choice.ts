/**
 * How the kernel makes hyp code save and restore the virtual interface of the GIC that the machine has. From 4.2 on an
 * alternative is patched in on machines with GICv3 (Linux: hyp.S, save_vgic_state); from 3.17 to 4.1 hyp code calls
 * through a table that the host fills in (Linux: arch/arm64/include/asm/kvm_host.h, vgic_arch_setup); before that there
 * is GICv2 alone.
 */
import type { Image } from '../../asm/link/image.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { TypedMemory } from '../memory/typed.ts';
import type { HostMemory } from './host-memory.ts';
import type { KernelFacts } from './kernel-facts.ts';

export type GicVersion = 'v2' | 'v3';

const FEATURE = 'ARM64_HAS_SYSREG_GIC_CPUIF';
const TABLE = '__vgic_sr_vectors';
const TABLE_TYPE = 'struct vgic_sr_vectors';

/** The CPU features, by the names of asm/cpufeature.h, that a machine with this GIC has. */
export function gicFeatures(gic: GicVersion, facts: KernelFacts): string[] {
  return gic === 'v3' && facts.hasConstant(FEATURE) ? [FEATURE] : [];
}

/**
 * Fills in the table of functions where the kernel has one, and names it in `typed`. Throws SourceError where the kernel
 * cannot switch this GIC.
 */
export function chooseVgic(
  gic: GicVersion,
  kernel: Image,
  memory: HostMemory,
  typed: TypedMemory,
  facts: KernelFacts,
): void {
  const unknown = `this kernel's world switch knows no GIC${gic} (scenario key machine.gic)`;
  const table = kernel.symbol(TABLE);
  if (table === undefined) {
    if (gic === 'v3' && !facts.hasConstant(FEATURE)) throw new SourceError(unknown);
    return;
  }
  const [save, restore] = ['save', 'restore'].map((what) => kernel.symbol(`__${what}_vgic_${gic}_state`));
  if (save === undefined || restore === undefined) throw new SourceError(unknown);
  typed.add({ name: TABLE, pa: memory.physicalAddress(table.address)!, type: facts.type(TABLE_TYPE) });
  typed.write(`${TABLE}.save_vgic`, save.address);
  typed.write(`${TABLE}.restore_vgic`, restore.address);
}
