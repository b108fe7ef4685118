/** What a trapped access does, by the kind its row names. */
import { markDirty } from '../debug.ts';
import type { Vcpu } from '../vcpu-state.ts';
import { queueSgi } from '../vgic.ts';
import type { AccessKind, SysRegRow } from './row.ts';
import { readStorage, writeStorage } from './storage.ts';

/** A rule reads (returns a value) or writes; undefined says that the access is UNDEFINED. */
interface Rule {
  readonly read?: (vcpu: Vcpu, row: SysRegRow) => bigint;
  readonly write?: (vcpu: Vcpu, row: SysRegRow, value: bigint) => void;
}

const HCR_TVM = 1n << 26n;
/** SCTLR_EL1.M and C: the MMU and the data cache are on. */
const MMU_AND_CACHE = 5n;
/** OSLSR_EL1.OSLM: the OS lock is there. It is never locked. */
const OSLSR_OSLM = 1n << 3n;

const ignoreWrite = () => {};
const readKept = (vcpu: Vcpu, { storage }: SysRegRow) => readStorage(vcpu, storage!);

const rules: Readonly<Record<AccessKind, Rule>> = {
  vm: { read: readKept, write: writeVirtualMemory },
  debug: {
    read: readKept,
    write: (vcpu, { storage }, value) => {
      writeStorage(vcpu, storage!, value);
      markDirty(vcpu);
    },
  },
  read: { read: readKept },
  'raz-wi': { read: () => 0n, write: ignoreWrite },
  oslsr: { read: () => OSLSR_OSLM, write: ignoreWrite },
  dbgauthstatus: { read: (vcpu) => hardware(vcpu, 'dbgauthstatus_el1'), write: ignoreWrite },
  dbgdidr: { read: debugIdentification, write: ignoreWrite },
  'set-way': { write: maintainBySetWay },
  sgi: { write: (vcpu, _row, value) => queueSgi(vcpu, value) },
};

/** Reads `row` for the guest; undefined where it may not. */
export function readRegister(vcpu: Vcpu, row: SysRegRow): bigint | undefined {
  return row.access === undefined ? undefined : rules[row.access].read?.(vcpu, row);
}

/** Writes `value` for the guest; false where it may not. */
export function writeRegister(vcpu: Vcpu, row: SysRegRow, value: bigint): boolean {
  const write = row.access === undefined ? undefined : rules[row.access].write;
  if (write === undefined) return false;
  write(vcpu, row, value);
  return true;
}

/** Once MMU and caches are both on, the guest's tables are its own affair (Linux: kvm_toggle_cache). */
function writeVirtualMemory(vcpu: Vcpu, { storage }: SysRegRow, value: bigint): void {
  writeStorage(vcpu, storage!, value);
  const isOn = (vcpu.systemRegister('SCTLR_EL1') & MMU_AND_CACHE) === MMU_AND_CACHE;
  if (isOn) vcpu.change('arch.hcr_el2', 0n, HCR_TVM);
}

/**
 * Set/way maintenance comes before a guest turns its caches off or on, so its writes of the stage 1 registers are watched
 * again (Linux: kvm_set_way_flush). The simulated caches hold no data: there is nothing to clean.
 */
function maintainBySetWay(vcpu: Vcpu): void {
  vcpu.change('arch.hcr_el2', HCR_TVM);
}

/** A register of the processor, as the host reads it. */
export function hardware(vcpu: Vcpu, name: string): bigint {
  return vcpu.host.machine.systemRegisters.named(name)?.read() ?? 0n;
}

/** DBGDIDR made from the 64-bit identification registers (Arm ARM G8.3 "DBGDIDR"): v8 debug, as many comparators. */
function debugIdentification(vcpu: Vcpu): bigint {
  const features = hardware(vcpu, 'id_aa64dfr0_el1');
  const field = (lsb: bigint) => (features >> lsb) & 0xfn;
  const hasEl3 = ((hardware(vcpu, 'id_aa64pfr0_el1') >> 12n) & 0xfn) !== 0n ? 1n : 0n;
  const version = 6n;
  return (
    (field(20n) << 28n) |
    (field(12n) << 24n) |
    (field(28n) << 20n) |
    (version << 16n) |
    (hasEl3 << 14n) |
    (hasEl3 << 12n)
  );
}
