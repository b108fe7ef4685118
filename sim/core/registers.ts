/**
 * Every piece of architectural state outside memory is a 64-bit cell with a number and a name. One numbering serves
 * the interpreter, undo, traces and the debugger. Names are the architecture's own, in lower case
 * (Arm ARM, D17 "AArch64 System Register Descriptions"); PSTATE fields stand alone, as in C5.2.
 */

const general = [...Array(31).keys()].map((n) => `x${n}`);
const vectorHalves = [...Array(32).keys()].flatMap((n) => [`v${n}.d0`, `v${n}.d1`]);

/**
 * PSTATE, each field at the bit positions that its own special-purpose register shows (C5.2), which are those of SPSR_ELx;
 * SS and IL, which have no register, at those of SPSR_ELx.
 */
const pstateFields = ['nzcv', 'daif', 'currentel', 'spsel', 'pan', 'uao', 'pstate.ss', 'pstate.il', 'ssbs'] as const;

/** The local exclusive monitor (B2.9): what was marked, and what was read there. Size in bytes, 0 while it is open. */
const exclusiveMonitor = ['exclusive.address', 'exclusive.size', 'exclusive.data0', 'exclusive.data1'] as const;

/** Interrupt inputs of the processing element, 1 while asserted: physical, and virtual from a GIC's virtual interface. */
const interruptLines = ['irq', 'fiq', 'serror', 'virq', 'vfiq'] as const;

const fixedNames = [
  ...general,
  'sp_el0',
  'sp_el1',
  'sp_el2',
  'pc',
  // Reads of XZR come from a cell that is never written; writes to XZR go to one that is never read.
  'zero',
  'sink',
  ...pstateFields,
  ...vectorHalves,
  // What an instruction holds while it executes; no state of the architecture. The address of the last load or store
  // stays readable until the next instruction.
  'access.address',
  'scratch0',
  'scratch1',
  'scratch2',
  ...exclusiveMonitor,
  // The event register of WFE and SEV (D1.6.1).
  'event',
  ...interruptLines,
  // PSTATE of AArch32 state as SPSR_ELx has it, M[4] set; 0 in AArch64 state.
  'pstate.aarch32',
];

/** Cell numbers of the fixed part. X0 to X30 are 0 to 30. */
export const X0 = 0;
export const LR = 30;
export const SP_EL0 = 31;
export const SP_EL1 = 32;
export const SP_EL2 = 33;
export const PC = 34;
export const ZERO = 35;
export const SINK = 36;
export const NZCV = 37;
export const DAIF = 38;
export const CURRENT_EL = 39;
export const SPSEL = 40;
export const PAN = 41;
export const UAO = 42;
export const SS = 43;
export const IL = 44;
export const SSBS = 45;
/** Low half of V0; Vn's low half is V0 + 2n and its high half V0 + 2n + 1. */
export const V0 = 46;
export const ACCESS_ADDRESS = 110;
/** The first of three. */
export const SCRATCH = 111;
export const EXCLUSIVE_ADDRESS = 114;
export const EXCLUSIVE_SIZE = 115;
/** Low half of what was read; the high half of a 128-bit pair follows. */
export const EXCLUSIVE_DATA = 116;
export const EVENT = 118;
export const IRQ = 119;
export const FIQ = 120;
export const SERROR = 121;
export const VIRQ = 122;
export const VFIQ = 123;
export const AARCH32 = 124;
/** First cell after the fixed part: system registers and devices follow in the order of their allocation. */
export const FIRST_FREE = fixedNames.length;

/** Room for every system register and device register; one allocation serves all machines. */
export const CELL_COUNT = 2048;

/** Names cells and gives out numbers. One register map serves one machine. */
export class RegisterMap {
  readonly #names: string[] = [...fixedNames];
  readonly #ids = new Map<string, number>(fixedNames.map((name, id) => [name, id]));

  /** How many cells have a name. */
  get count(): number {
    return this.#names.length;
  }

  /** The number of the cell called `name`, made on first use. Throws RangeError when all CELL_COUNT are given out. */
  allocate(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.#names.length === CELL_COUNT)
      throw new RangeError(`no cell left for ${name}: all ${CELL_COUNT} are named`);
    this.#names.push(name);
    this.#ids.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  /** The number of the cell called `name`, or undefined. */
  find(name: string): number | undefined {
    return this.#ids.get(name);
  }

  /** The name of cell `id`. */
  nameOf(id: number): string {
    return this.#names[id] ?? `cell ${id}`;
  }
}
