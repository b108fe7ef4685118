/**
 * The part of the virtual GIC that a world switch sees (Linux: virt/kvm/arm/vgic.c, vgic-v2.c, vgic-v3.c): pending
 * interrupts put into list registers before an entry, and what the hardware says of them taken back after an exit.
 *
 * There is no distributor: every interrupt counts as enabled, aimed at the vcpu it was injected for, and edge-triggered.
 * Those not yet in a list register are bits of vgic_cpu.pending_percpu and pending_shared.
 */
import type { HostMemory } from './host-memory.ts';
import type { Vcpu } from './vcpu-state.ts';

/** Interrupts that a vcpu here can have pending: 32 private ones and shared ones up to number 159. */
export const INTERRUPTS = 160;
const PRIVATE_INTERRUPTS = 32;
const WORD = 64;
/** What KVM gives a guest's interrupts as priority when nobody has set one. */
const PRIORITY = 0xa0n;

/** GICH_HCR.En and ICH_HCR_EL2.En; UIE asks for an exit when at most one list register is left in use. */
const HCR_EN = 1n << 0n;
const HCR_UIE = 1n << 1n;
/** ICC_SRE_EL1.SRE: the guest uses system registers. */
const SRE = 1n << 0n;

/** How one architecture version keeps a vcpu's interface (GICv2: IHI 0048B 5.3; GICv3: IHI 0069 8.4). */
interface Interface {
  /** Paths of its fields. */
  readonly hcr: string;
  readonly elrsr: string;
  /** By number of the list register. */
  readonly lists: readonly string[];
  readonly state: bigint;
  readonly pending: bigint;
  readonly idMask: bigint;
  compose(interrupt: number): bigint;
}

/** The most list registers there can be: those of a GICv2, and room for them in struct vgic_v2_cpu_if. */
const V2_LISTS = 64;
const V3_LISTS = 16;

function listPaths(path: string, count: number, index: (n: number) => number): string[] {
  return Array.from({ length: count }, (_, n) => `${path}.vgic_lr[${index(n)}]`);
}

const v2: Interface = {
  hcr: 'arch.vgic_cpu.vgic_v2.vgic_hcr',
  elrsr: 'arch.vgic_cpu.vgic_v2.vgic_elrsr',
  lists: listPaths('arch.vgic_cpu.vgic_v2', V2_LISTS, (n) => n),
  state: 3n << 28n,
  pending: 1n << 28n,
  idMask: 0x3ffn,
  compose: (interrupt) => (1n << 28n) | ((PRIORITY >> 3n) << 23n) | BigInt(interrupt),
};

const v3: Interface = {
  hcr: 'arch.vgic_cpu.vgic_v3.vgic_hcr',
  elrsr: 'arch.vgic_cpu.vgic_v3.vgic_elrsr',
  // hyp code keeps list register n at 15 - n, so that a computed branch can skip those there are not.
  lists: listPaths('arch.vgic_cpu.vgic_v3', V3_LISTS, (n) => V3_LISTS - 1 - n),
  state: 3n << 62n,
  pending: 1n << 62n,
  idMask: 0xffff_ffffn,
  compose: (interrupt) => (1n << 62n) | (1n << 60n) | (PRIORITY << 48n) | BigInt(interrupt),
};

function interfaceOf(vcpu: Vcpu): Interface {
  return vcpu.host.machine.gicV3 === undefined ? v2 : v3;
}

/** Prepares a new vcpu: the interface on, and room for pending shared interrupts (Linux: vgic_v2_enable, vgic_v3_enable). */
export function createVgic(vcpu: Vcpu, memory: HostMemory): void {
  const own = interfaceOf(vcpu);
  vcpu.write(own.hcr, HCR_EN);
  if (own === v3) vcpu.write('arch.vgic_cpu.vgic_v3.vgic_sre', SRE);
  const shared = memory.kernelAddress(memory.allocate((INTERRUPTS - PRIVATE_INTERRUPTS) / 8, 8));
  vcpu.write('arch.vgic_cpu.pending_shared', shared);
}

/** Pends `interrupt` (0 to INTERRUPTS - 1) for a vcpu. Throws RangeError for others. */
export function injectVirtualInterrupt(vcpu: Vcpu, interrupt: number): void {
  if (interrupt < 0 || interrupt >= INTERRUPTS) {
    throw new RangeError(`interrupt ${interrupt} is not one of 0 to ${INTERRUPTS - 1}`);
  }
  const { path, bit } = pendingBit(interrupt);
  vcpu.change(path, bit);
}

/** Before an entry: as many pending interrupts as there are free list registers go into them. */
export function flushVgic(vcpu: Vcpu): void {
  const lists = interfaceOf(vcpu);
  let isFull = false;
  for (const interrupt of waiting(vcpu)) {
    const places = listRegisters(vcpu);
    const isIn = places.find((place) => holds(vcpu, lists, place, interrupt));
    const free = isIn ?? places.find((place) => (vcpu.read(place) & lists.state) === 0n);
    if (free === undefined) {
      isFull = true;
      break;
    }
    // Pending once more while active: both.
    vcpu.write(free, isIn === undefined ? lists.compose(interrupt) : vcpu.read(free) | lists.pending);
    const { path, bit } = pendingBit(interrupt);
    vcpu.change(path, 0n, bit);
  }
  if (isFull) vcpu.change(lists.hcr, HCR_UIE);
}

/** After an exit: list registers whose interrupt has ended are emptied, and underflow is no longer asked for. */
export function syncVgic(vcpu: Vcpu): void {
  const lists = interfaceOf(vcpu);
  const empty = vcpu.read(lists.elrsr);
  listRegisters(vcpu).forEach((place, n) => {
    if (((empty >> BigInt(n)) & 1n) === 1n) vcpu.change(place, 0n, lists.state);
  });
  vcpu.change(lists.hcr, 0n, HCR_UIE);
}

/** ICC_SGI1R_EL1: INTID, bits 27:24, to the vcpus of TargetList, bits 15:0, or with IRM, bit 40, to all others. */
export function queueSgi(source: Vcpu, value: bigint): void {
  const interrupt = Number((value >> 24n) & 0xfn);
  const toOthers = ((value >> 40n) & 1n) === 1n;
  for (const vcpu of source.host.vcpus) {
    const isTarget = toOthers ? vcpu !== source : ((value >> BigInt(vcpu.id)) & 1n) === 1n && vcpu.id < 16;
    if (isTarget) injectVirtualInterrupt(vcpu, interrupt);
  }
}

function holds(vcpu: Vcpu, lists: Interface, place: string, interrupt: number): boolean {
  const value = vcpu.read(place);
  return (value & lists.state) !== 0n && (value & lists.idMask) === BigInt(interrupt);
}

function listRegisters(vcpu: Vcpu): string[] {
  return interfaceOf(vcpu).lists.slice(0, Number(vcpu.read('arch.vgic_cpu.nr_lr')));
}

/** Interrupts that are pending and in no list register, the lowest number first. */
function waiting(vcpu: Vcpu): number[] {
  const found: number[] = [];
  for (let first = 0; first < INTERRUPTS; first += first === 0 ? PRIVATE_INTERRUPTS : WORD) {
    const word = vcpu.read(pendingBit(first).path);
    for (let n = 0; word >> BigInt(n) !== 0n; n++) if (((word >> BigInt(n)) & 1n) === 1n) found.push(first + n);
  }
  return found;
}

const SHARED_WORDS = Array.from(
  { length: (INTERRUPTS - PRIVATE_INTERRUPTS) / WORD },
  (_, n) => `arch.vgic_cpu.pending_shared[${n}]`,
);

/** An interrupt's bit: a word of pending_percpu for the private ones, an array behind pending_shared for the others. */
function pendingBit(interrupt: number): { path: string; bit: bigint } {
  if (interrupt < PRIVATE_INTERRUPTS) return { path: 'arch.vgic_cpu.pending_percpu[0]', bit: 1n << BigInt(interrupt) };
  const shared = interrupt - PRIVATE_INTERRUPTS;
  return { path: SHARED_WORDS[Math.floor(shared / WORD)]!, bit: 1n << BigInt(shared % WORD) };
}
