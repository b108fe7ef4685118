/**
 * The system registers of one processor: made from the tables, looked up by name or encoding, read and written with
 * the checks that an access at the current exception level meets (Arm ARM, D17.1 and the "Accessibility" pseudocode of
 * each register; trap syndrome D17.2.37, "ISS encoding for an exception from MSR, MRS, or System instruction").
 */
import { genericRegisterCode, systemRegisterByName, systemRegisterCode } from '../../asm/a64/sysregs.ts';
import type { Cpu } from './cpu.ts';
import { EC, trap, undefinedInstruction } from './exceptions.ts';
import { fpAccessCheck } from './fp-access.ts';
import type { CpuModel } from './models.ts';
import type { RegisterBits, SystemRegisterRow, TrapControl } from './system-register.ts';

/** HCR_EL2.TGE: what EL1 would take from EL0, EL2 takes. */
const TGE = 1n << 27n;

interface ActiveTrap {
  readonly control: TrapControl;
  readonly isActive: () => boolean;
}

/** Traps by exception level, 0 to 2, in their order. */
function byLevel(traps: readonly ActiveTrap[]): readonly (readonly ActiveTrap[])[] {
  return [0, 1, 2].map((el) => traps.filter(({ control }) => control.from.includes(el)));
}

/** The lowest level from which on nothing is trapped, and that may access at all. */
function lowestFree(lowest: number | undefined, traps: readonly (readonly ActiveTrap[])[]): number {
  return Math.max(lowest ?? 3, traps.findLastIndex((ofLevel) => ofLevel.length > 0) + 1);
}

/** One system register of one processor. */
export class SystemRegister {
  readonly name: string;
  readonly row: SystemRegisterRow;
  /** The sixteen bits of MRS and MSR that name it: op0, op1, CRn, CRm, op2. */
  readonly code: number;
  /** Its cell. */
  readonly id: number;
  /** Reads as an access at the current level does, without the checks. */
  readonly read: () => bigint;
  /** Writes as an access at the current level does, without the checks. */
  readonly write: (value: bigint) => void;
  /** A read is what its cell holds; a write puts the row's writable bits there, and no more than reports the context. */
  readonly readsCell: boolean;
  readonly writesCell: boolean;
  /** The lowest level from which on `check` throws nothing, for reads and for writes; 3 where it may at each. */
  readonly readFreelyFrom: number;
  readonly writtenFreelyFrom: number;
  /** Whether the processor has it at present; undefined where it always has. */
  readonly #exists: (() => boolean) | undefined;
  readonly #cpu: Cpu;
  /** The traps of reads and those of writes, by the level they are made from. */
  readonly #readTraps: readonly (readonly ActiveTrap[])[];
  readonly #writeTraps: readonly (readonly ActiveTrap[])[];
  readonly #checkFp: (() => void) | undefined;
  readonly #hcr: number;

  constructor(cpu: Cpu, model: CpuModel, row: SystemRegisterRow) {
    this.#cpu = cpu;
    this.row = row;
    this.name = row.name;
    this.code = codeOf(row.name);
    this.id = cpu.cell(row.cell ?? row.name);
    const traps = row.traps.map((control) => ({ control, isActive: activity(cpu, control) }));
    this.#readTraps = byLevel(traps.filter(({ control }) => control.on !== 'write'));
    this.#writeTraps = byLevel(traps.filter(({ control }) => control.on !== 'read'));
    this.#checkFp = row.floatingPoint ? fpAccessCheck(cpu) : undefined;
    this.#hcr = cpu.cell('hcr_el2');
    const { id } = this;
    const { mask, fixed } = row;
    const behaviour = row.behaviour?.(cpu, model) ?? {};
    this.#exists = behaviour.exists;
    const isChecked = this.#exists !== undefined || this.#checkFp !== undefined;
    this.readFreelyFrom = isChecked ? 3 : lowestFree(row.readableFrom, this.#readTraps);
    this.writtenFreelyFrom = isChecked ? 3 : lowestFree(row.writableFrom, this.#writeTraps);
    this.readsCell = behaviour.read === undefined;
    this.writesCell = behaviour.write === undefined;
    const write = behaviour.write ?? ((value: bigint) => cpu.write(id, (value & mask) | fixed));
    this.read = behaviour.read ?? (() => cpu.cells[id]!);
    const { context } = row;
    this.write =
      context === undefined
        ? write
        : (value) => {
            write(value);
            cpu.contextChanged(context);
          };
  }

  /** Whether the processor has it: debug registers are there up to the numbers in ID_AA64DFR0_EL1. */
  get exists(): boolean {
    return this.#exists?.() ?? true;
  }

  /**
   * Throws what an MRS (`isWrite` false) or MSR of it with register `rt` (0 to 31) at the current level raises:
   * UNDEFINED where the level may not or there is none, else the trap of the first control that is active.
   */
  check(isWrite: boolean, rt: number): void {
    const { el } = this.#cpu;
    const lowest = isWrite ? this.row.writableFrom : this.row.readableFrom;
    if (lowest === undefined || el < lowest || this.#exists?.() === false) throw undefinedInstruction();
    for (const { control, isActive } of (isWrite ? this.#writeTraps : this.#readTraps)[el]!) {
      if (isActive()) throw trap(EC.systemRegister, accessSyndrome(this.code, isWrite, rt), this.#target(control));
    }
    this.#checkFp?.();
  }

  #target(control: TrapControl): number {
    if (control.to === 1 && this.#cpu.el === 0 && (this.#cpu.cells[this.#hcr]! & TGE) !== 0n) return 2;
    return control.to;
  }
}

/** A function that says whether `control` traps, as its bits stand. */
export function activity(cpu: Cpu, control: TrapControl): () => boolean {
  const any = (bits: readonly RegisterBits[]) => {
    const cells = bits.map(([register, mask]) => [cpu.cell(register), mask] as const);
    return () => cells.some(([cell, mask]) => (cpu.cells[cell]! & mask) !== 0n);
  };
  if (control.whenSet !== undefined) return any(control.whenSet);
  const enabled = any(control.unlessSet ?? []);
  return () => !enabled();
}

/** ISS of a trapped MSR, MRS or system instruction whose op0 to op2 are `code`. */
export function accessSyndrome(code: number, isWrite: boolean, rt: number): number {
  const [op0, op1, crn, crm, op2] = [code >> 14, (code >> 11) & 7, (code >> 7) & 15, (code >> 3) & 15, code & 7];
  return (op0 << 20) | (op2 << 17) | (op1 << 14) | (crn << 10) | (rt << 5) | (crm << 1) | (isWrite ? 0 : 1);
}

/** Codes of the names that were looked up before. */
const codes = new Map<string, number>();

function codeOf(name: string): number {
  let code = codes.get(name) ?? genericRegisterCode(name);
  if (code === undefined) {
    const known = systemRegisterByName(name);
    if (known === undefined) throw new RangeError(`no system register is called ${name}`);
    code = systemRegisterCode(known);
  }
  codes.set(name, code);
  return code;
}

/** All system registers of one processor. */
export class SystemRegisters {
  readonly #cpu: Cpu;
  readonly #model: CpuModel;
  readonly #rows = new Map<string, SystemRegisterRow>();
  readonly #readable = new Map<number, SystemRegisterRow>();
  readonly #writable = new Map<number, SystemRegisterRow>();
  /** Those that were asked for: most runs need few. */
  readonly #made = new Map<SystemRegisterRow, SystemRegister>();

  constructor(cpu: Cpu, model: CpuModel) {
    this.#cpu = cpu;
    this.#model = model;
  }

  /** Adds registers. Their cells get their reset values. */
  add(rows: readonly SystemRegisterRow[]): void {
    for (const row of rows) {
      const code = codeOf(row.name);
      this.#rows.set(row.name, row);
      // DBGDTRRX_EL0 and DBGDTRTX_EL0 share an encoding, and so do some of the GIC's.
      if (row.readableFrom !== undefined) this.#readable.set(code, row);
      if (row.writableFrom !== undefined) this.#writable.set(code, row);
      this.#cpu.cells[this.#cpu.cell(row.cell ?? row.name)] = row.reset | row.fixed;
    }
  }

  /** Every register that the processor has, in the order of the tables. */
  get all(): Iterable<SystemRegister> {
    return [...this.#rows.values()].map((row) => this.#make(row)).filter(({ exists }) => exists);
  }

  /** The register called `name` (lower case), or undefined where the processor has none. */
  named(name: string): SystemRegister | undefined {
    const row = this.#rows.get(name);
    const register = row && this.#make(row);
    return register?.exists ? register : undefined;
  }

  /** Whether `name` is that of a register which the processor lacks, and would have with other options. */
  lacks(name: string): boolean {
    return this.#rows.has(name) && this.named(name) === undefined;
  }

  /**
   * The register with the sixteen encoding bits `code` that an MRS (or MSR, `isWrite`) reaches. One that can only be
   * accessed the other way, or that is not there at present, is returned too, for its check to refuse; undefined where
   * there is none.
   */
  encoded(code: number, isWrite: boolean): SystemRegister | undefined {
    const [first, second] = isWrite ? [this.#writable, this.#readable] : [this.#readable, this.#writable];
    const row = first.get(code) ?? second.get(code);
    return row && this.#make(row);
  }

  #make(row: SystemRegisterRow): SystemRegister {
    let register = this.#made.get(row);
    if (register === undefined) {
      register = new SystemRegister(this.#cpu, this.#model, row);
      this.#made.set(row, register);
    }
    return register;
  }
}
