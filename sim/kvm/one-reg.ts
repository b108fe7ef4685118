/**
 * KVM_GET_ONE_REG and KVM_SET_ONE_REG: one register of a vcpu by its identifier (Linux: Documentation/virtual/kvm/api.txt,
 * 4.68 "KVM_SET_ONE_REG" and the ARM identifiers there; uapi/linux/kvm.h and uapi/asm/kvm.h; arch/arm64/kvm/guest.c and
 * sys_regs.c). An identifier holds the architecture, the size, the group, and the number within the group.
 */
import { systemRegisterByName, systemRegisterCode } from '../../asm/a64/sysregs.ts';
import { KvmError } from './kvm-host.ts';
import { loadedValue, memoryBytes } from './mmio.ts';
import { hardware } from './sys-regs/access.ts';
import type { Encoding, Storage, SysRegRow } from './sys-regs/row.ts';
import { storagePath } from './sys-regs/storage.ts';
import { index64, invariantRegisters } from './sys-regs/table64.ts';
import type { UserMemory } from './user-memory.ts';
import { MODE32, type Vcpu } from './vcpu-state.ts';

const ARCHITECTURE_SHIFT = 56n;
const ARM64 = 0x60n;
const SIZE_SHIFT = 52n;
const GROUP_SHIFT = 16n;

/** Bits 31:16 of an identifier. */
const GROUP = { core: 0x10n, demux: 0x11n, system: 0x13n } as const;

/** log2 of the size in bytes, as identifiers hold it. */
const SIZE = { u32: 2n, u64: 3n, u128: 4n } as const;

/** Demultiplexed registers: bits 15:8 say which, and 0 is CCSIDR_EL1 by CSSELR_EL1, bits 7:0. */
const DEMUX_CCSIDR = 0n;

/** The timer's registers have system-register identifiers, of which the last two are exchanged: that is the interface now. */
const timerRegisters: readonly (readonly [code: number, name: 'ctl' | 'count' | 'compare'])[] = [
  [systemRegisterCode({ op0: 3, op1: 3, crn: 14, crm: 3, op2: 1 }), 'ctl'],
  [systemRegisterCode({ op0: 3, op1: 3, crn: 14, crm: 3, op2: 2 }), 'count'],
  [systemRegisterCode({ op0: 3, op1: 3, crn: 14, crm: 0, op2: 2 }), 'compare'],
];

/** One register as the ioctls reach it. A value has as many bytes as the identifier says. */
interface Register {
  get(): bigint;
  set(value: bigint): void;
  /** Where it lies in kernel memory, if it is a whole field that user space may have as it is. */
  readonly path?: string;
}

/** The identifier of the AArch64 system register called `name`. Throws KvmError ENOENT where there is none. */
export function systemRegisterId(name: string): bigint {
  const register = systemRegisterByName(name);
  if (register === undefined) throw new KvmError('ENOENT', `no system register is called '${name}'`);
  return identifier(SIZE.u64, GROUP.system, BigInt(systemRegisterCode(register)));
}

/** The identifier of `bytes` bytes at byte `offset` of struct kvm_regs. */
export function coreRegisterId(offset: number, bytes: 4 | 8 | 16): bigint {
  return identifier(BigInt(Math.log2(bytes)), GROUP.core, BigInt(offset / 4));
}

/** Bytes of the register that identifier `id` names. */
export function sizeOfId(id: bigint): number {
  return 1 << Number((id >> SIZE_SHIFT) & 0xfn);
}

/** KVM_GET_ONE_REG: puts the register at user address `address`. Throws KvmError. */
export function getOneReg(vcpu: Vcpu, user: UserMemory, id: bigint, address: bigint): void {
  const register = find(vcpu, id);
  const size = sizeOfId(id);
  if (register.path !== undefined) {
    requireCopied(user.copyToUser(address, kernelAddress(vcpu, register.path), size));
    return;
  }
  requireUser(user, address, size);
  user.write(address, Uint8Array.from(memoryBytes(register.get(), size, vcpu.host.bigEndian)));
}

/** KVM_SET_ONE_REG: sets the register from user address `address`. Throws KvmError; the register is then as it was. */
export function setOneReg(vcpu: Vcpu, user: UserMemory, id: bigint, address: bigint): void {
  const register = find(vcpu, id);
  const size = sizeOfId(id);
  if (register.path !== undefined) {
    // The register is the target and user space the source. The patch that brought debug_ptr had the two exchanged.
    requireUser(user, address, size);
    requireCopied(user.copyFromUser(kernelAddress(vcpu, register.path), address, size));
    return;
  }
  requireUser(user, address, size);
  register.set(loadedValue([...user.read(address, size)], vcpu.host.bigEndian));
}

function find(vcpu: Vcpu, id: bigint): Register {
  if (id >> ARCHITECTURE_SHIFT !== ARM64) throw new KvmError('EINVAL', `${hex(id)} is not of KVM_REG_ARM64`);
  const group = (id >> GROUP_SHIFT) & 0xffffn;
  const number = id & 0xffffn;
  const size = (id >> SIZE_SHIFT) & 0xfn;
  if (group === GROUP.core) return coreRegister(vcpu, id, number);
  if (group === GROUP.demux) return cacheSize(vcpu, id, number, size);
  if (group === GROUP.system) return systemRegister(vcpu, id, number, size);
  throw new KvmError('ENOENT', `${hex(id)}: no such group of registers`);
}

function systemRegister(vcpu: Vcpu, id: bigint, number: bigint, size: bigint): Register {
  const timer = timerRegisters.find(([code]) => BigInt(code) === number);
  if (timer !== undefined) return timerRegister(vcpu, timer[1]);
  if (size !== SIZE.u64) throw new KvmError('ENOENT', `${hex(id)}: a system register has 64 bits`);
  const encoding = decodeCode(Number(number));
  const row = index64.find(encoding);
  if (row?.storage !== undefined && isKept(vcpu, row)) return keptRegister(vcpu, row.storage);
  const invariant = invariantRegisters.find(
    (name) => BigInt(systemRegisterCode(systemRegisterByName(name)!)) === number,
  );
  if (invariant === undefined) throw new KvmError('ENOENT', `${hex(id)}: KVM keeps no such register`);
  return unchangeable(hardware(vcpu, invariant), invariant);
}

/** Older kernels, and later ones, lack some slots of sys_regs[]. */
function isKept(vcpu: Vcpu, { storage }: SysRegRow): boolean {
  return storage!.in === 'debug' || vcpu.host.facts.hasConstant(storage!.macro);
}

function keptRegister(vcpu: Vcpu, storage: Storage): Register {
  return field(vcpu, storagePath(vcpu, storage));
}

function field(vcpu: Vcpu, path: string): Register {
  return { path, get: () => vcpu.read(path), set: (value) => vcpu.write(path, value) };
}

/** User space may write an identification register only with what it holds. */
function unchangeable(held: bigint, name: string): Register {
  return {
    get: () => held,
    set: (value) => {
      if (value !== held) throw new KvmError('EINVAL', `${name} cannot be changed`);
    },
  };
}

function cacheSize(vcpu: Vcpu, id: bigint, number: bigint, size: bigint): Register {
  if (number >> 8n !== DEMUX_CCSIDR || size !== SIZE.u32) throw new KvmError('ENOENT', `${hex(id)}: no such register`);
  const csselr = number & 0xffn;
  if (!hasCache(vcpu, csselr)) throw new KvmError('ENOENT', `CSSELR_EL1 ${csselr} selects no cache`);
  return unchangeable(cacheGeometry(vcpu, csselr), 'ccsidr_el1');
}

/** Whether the processor has the cache: CLIDR_EL1 has three bits a level, 1 to 4 of which say data, 1 and 3 instruction. */
function hasCache(vcpu: Vcpu, csselr: bigint): boolean {
  const level = csselr >> 1n;
  if (level > 6n) return false;
  const type = (hardware(vcpu, 'clidr_el1') >> (3n * level)) & 7n;
  return (csselr & 1n) === 1n ? type === 1n || type === 3n : type >= 2n && type <= 4n;
}

/** CCSIDR_EL1 of the cache that `csselr` selects; CSSELR_EL1 stays as it is. */
function cacheGeometry(vcpu: Vcpu, csselr: bigint): bigint {
  const { cpu } = vcpu.host.machine;
  const { cells } = cpu;
  const id = cpu.cell('csselr_el1');
  const before = cells[id]!;
  cells[id] = csselr;
  const geometry = hardware(vcpu, 'ccsidr_el1');
  cells[id] = before;
  return geometry & 0xffff_ffffn;
}

function timerRegister(vcpu: Vcpu, name: 'ctl' | 'count' | 'compare'): Register {
  if (name === 'ctl') return field(vcpu, 'arch.timer_cpu.cntv_ctl');
  if (name === 'compare') return field(vcpu, 'arch.timer_cpu.cntv_cval');
  const { typed, machine } = vcpu.host;
  const offset = 'kvm.arch.timer.cntvoff';
  return {
    get: () => BigInt.asUintN(64, machine.timer.physicalCount - typed.read(offset)),
    set: (value) => typed.write(offset, BigInt.asUintN(64, machine.timer.physicalCount - value)),
  };
}

/** A core register: a whole member of struct kvm_regs, at `number` 32-bit words from its start. */
function coreRegister(vcpu: Vcpu, id: bigint, number: bigint): Register {
  const offset = Number(number) * 4;
  const member = coreMembers(vcpu).find((one) => one.offset <= offset && offset < one.offset + one.size);
  if (member === undefined) throw new KvmError('ENOENT', `${hex(id)} is past the end of struct kvm_regs`);
  if (member.offset !== offset || member.size !== sizeOfId(id)) {
    throw new KvmError(
      'EINVAL',
      `${hex(id)}: ${member.name} has ${member.size} bytes from word ${member.offset / 4} on`,
    );
  }
  const path = `arch.ctxt.gp_regs.${member.name}`;
  if (member.name !== 'regs.pstate') return field(vcpu, path);
  return { get: () => vcpu.read(path), set: (value) => setPstate(vcpu, path, value) };
}

interface CoreMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

function coreMembers(vcpu: Vcpu): CoreMember[] {
  const { typed } = vcpu.host;
  const start = typed.resolve(`${vcpu.name}.arch.ctxt.gp_regs`).pa;
  const numbered = (name: string, count: number) => [...Array(count).keys()].map((n) => `${name}[${n}]`);
  const names = [
    ...numbered('regs.regs', 31),
    ...['regs.sp', 'regs.pc', 'regs.pstate', 'sp_el1', 'elr_el1'],
    ...numbered('spsr', Number(vcpu.host.facts.constant('KVM_NR_SPSR'))),
    ...numbered('fp_regs.vregs', 32),
    ...['fp_regs.fpsr', 'fp_regs.fpcr'],
  ];
  return names.map((name) => {
    const { pa, size } = typed.resolve(`${vcpu.name}.arch.ctxt.gp_regs.${name}`);
    return { name, offset: Number(pa - start), size };
  });
}

const PSTATE_NRW = 0x10n;
/** EL0t, EL1t and EL1h. */
const modes64: ReadonlySet<bigint> = new Set([0n, 4n, 5n]);
const modes32: ReadonlySet<bigint> = new Set(Object.values(MODE32).map(BigInt));

/** A mode that the guest cannot be in is refused. */
function setPstate(vcpu: Vcpu, path: string, value: bigint): void {
  const mode = value & 0x1fn;
  const known = (mode & PSTATE_NRW) === 0n ? modes64 : modes32;
  if (!known.has(mode))
    throw new KvmError('EINVAL', `PSTATE 0x${value.toString(16)}: no guest has the mode ${hex(mode)}`);
  vcpu.write(path, value);
}

function identifier(size: bigint, group: bigint, number: bigint): bigint {
  return (ARM64 << ARCHITECTURE_SHIFT) | (size << SIZE_SHIFT) | (group << GROUP_SHIFT) | number;
}

function decodeCode(code: number): Encoding {
  return { op0: code >> 14, op1: (code >> 11) & 7, crn: (code >> 7) & 15, crm: (code >> 3) & 15, op2: code & 7 };
}

function kernelAddress(vcpu: Vcpu, path: string): bigint {
  return vcpu.host.memory.kernelAddress(vcpu.host.typed.resolve(`${vcpu.name}.${path}`).pa);
}

function requireCopied(left: number): void {
  if (left !== 0) throw new KvmError('EFAULT', 'the address in kvm_one_reg is not of user space');
}

function requireUser(user: UserMemory, address: bigint, size: number): void {
  try {
    user.read(address, size);
  } catch (error) {
    if (error instanceof RangeError) throw new KvmError('EFAULT', error.message);
    throw error;
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
