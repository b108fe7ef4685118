/**
 * A row of the tables of registers whose accesses KVM handles: what it is called, how an instruction encodes it, what a
 * trapped access does, where its value is kept, what it is reset to. Rules that go with the kinds: access.ts, reset.ts.
 */
import { systemRegisterByName } from '../../../asm/a64/sysregs.ts';
import type { DebugRegisterKind } from '../vcpu-state.ts';

/**
 * What a trapped access does:
 * - vm: stores the value (HCR_EL2.TVM traps writes only) and, once MMU and caches are on, ends the trapping
 * - debug: reads or writes the guest's own register; a write marks the debug state dirty
 * - read: reads what is kept; a write is UNDEFINED
 * - raz-wi: reads 0, ignores writes
 * - oslsr, dbgauthstatus, dbgdidr: reads what the name says, ignores writes
 * - set-way: data cache maintenance by set and way; write only
 * - sgi: a software-generated interrupt of GICv3; write only
 */
export type AccessKind = 'vm' | 'debug' | 'read' | 'raz-wi' | 'oslsr' | 'dbgauthstatus' | 'dbgdidr' | 'set-way' | 'sgi';

/** Where a value is kept: in sys_regs[], by its index macro, or as a debug register. Of AArch32 views a half of it. */
export type Storage = (
  | { readonly in: 'sys_regs'; readonly macro: string }
  | { readonly in: 'debug'; readonly kind: DebugRegisterKind; readonly n: number }
) & { readonly half?: 'low' | 'high' };

/** A value; the processor's own at that time (`host`); the vcpu's number; or nothing in particular. */
export type Reset = { readonly value: bigint } | 'host' | 'mpidr' | 'unknown';

export interface Encoding {
  readonly op0: number;
  readonly op1: number;
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
}

export interface SysRegRow extends Encoding {
  /** Lower case, as assemblers write it; AArch32 registers by the names of Arm ARM G8. */
  readonly name: string;
  /** Left out: it never traps. */
  readonly access?: AccessKind;
  readonly storage?: Storage;
  readonly reset?: Reset;
}

export type RowDetails = Pick<SysRegRow, 'access' | 'storage' | 'reset'>;

/** The row of the AArch64 register called `name`. Throws RangeError where the architecture has none. */
export function row64(name: string, details: RowDetails): SysRegRow {
  const register = systemRegisterByName(name);
  if (register === undefined) throw new RangeError(`no system register is called ${name}`);
  const { op0, op1, crn, crm, op2 } = register;
  return { name, op0, op1, crn, crm, op2, ...details };
}

/** The row of an AArch32 register reached by MCR and MRC: opc1, CRn, CRm, opc2. */
export function row32(
  name: string,
  [op1, crn, crm, op2]: readonly [number, number, number, number],
  details: RowDetails,
): SysRegRow {
  return { name, op0: 0, op1, crn, crm, op2, ...details };
}

/** Kept in sys_regs[] under index macro `macro`. */
export function inSysRegs(macro: string, half?: 'low' | 'high'): Storage {
  return half === undefined ? { in: 'sys_regs', macro } : { in: 'sys_regs', macro, half };
}

/** Finds rows by encoding. Throws RangeError where two rows share one. */
export class RowIndex {
  readonly #rows = new Map<number, SysRegRow>();

  constructor(rows: readonly SysRegRow[]) {
    for (const row of rows) {
      const code = codeOf(row);
      const other = this.#rows.get(code);
      if (other !== undefined) throw new RangeError(`${row.name} and ${other.name} have one encoding`);
      this.#rows.set(code, row);
    }
  }

  find(encoding: Encoding): SysRegRow | undefined {
    return this.#rows.get(codeOf(encoding));
  }
}

function codeOf({ op0, op1, crn, crm, op2 }: Encoding): number {
  return (op0 << 15) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}
