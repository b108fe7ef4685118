/** Looks up system registers by name and by encoding (Arm ARM C5.3, D19.2). */
import type { Feature } from './features.ts';
import { type Access, systemRegisterRows } from './system-register-table.ts';

export {
  atOperations,
  dcOperations,
  icOperations,
  type PstateField,
  pstateFields,
  type SystemOperation,
  tlbiOperations,
} from './system-operations.ts';

export interface SystemRegister {
  /** Lower case. */
  readonly name: string;
  readonly op0: number;
  readonly op1: number;
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
  readonly access: Access;
  /** What brings the register, where that is not the base architecture. */
  readonly feature?: Feature;
}

const all: readonly SystemRegister[] = systemRegisterRows.map(([name, op0, op1, crn, crm, op2, access, feature]) => ({
  name,
  op0,
  op1,
  crn,
  crm,
  op2,
  access,
  feature,
}));

const byName: ReadonlyMap<string, SystemRegister> = new Map(all.map((register) => [register.name, register]));

const readable: ReadonlyMap<number, SystemRegister> = byEncoding('wo');
const writable: ReadonlyMap<number, SystemRegister> = byEncoding('ro');

/** Registers by code; where two share one, that whose access is `last` gives way to the other, and the earlier wins. */
function byEncoding(last: Access): Map<number, SystemRegister> {
  const found = new Map<number, SystemRegister>();
  for (const register of all) {
    const code = systemRegisterCode(register);
    const other = found.get(code);
    if (other === undefined || (other.access === last && register.access !== last)) found.set(code, register);
  }
  return found;
}

/** op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2: the sixteen bits of MRS and MSR that name the register. */
export function systemRegisterCode(register: Pick<SystemRegister, 'op0' | 'op1' | 'crn' | 'crm' | 'op2'>): number {
  const { op0, op1, crn, crm, op2 } = register;
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}

/** The register called `name`, in any case; undefined where there is none. Generic names (`s3_0_c1_c0_0`) are not looked up. */
export function systemRegisterByName(name: string): SystemRegister | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

/**
 * The register with the sixteen encoding bits `code` under the name objdump prints; undefined where it has none. An
 * encoding with one name for reading and one for writing gives the latter when `write` is set.
 */
export function systemRegisterByEncoding(code: number, write = false): SystemRegister | undefined {
  return (write ? writable : readable).get(code);
}

const generic = /^s([0-3])_([0-7])_c(\d|1[0-5])_c(\d|1[0-5])_([0-7])$/;

/** The code of a generic name `s<op0>_<op1>_c<n>_c<m>_<op2>`, in any case; undefined where `name` is no such name. */
export function genericRegisterCode(name: string): number | undefined {
  const match = generic.exec(name.toLowerCase());
  if (match === null) return undefined;
  const [op0, op1, crn, crm, op2] = match.slice(1).map(Number) as [number, number, number, number, number];
  return systemRegisterCode({ op0, op1, crn, crm, op2 });
}

/** The generic name of an encoding: `s3_0_c1_c0_0`. */
export function genericRegisterName(code: number): string {
  return `s${code >> 14}_${(code >> 11) & 7}_c${(code >> 7) & 15}_c${(code >> 3) & 15}_${code & 7}`;
}
