/** From an instruction word to its row of the table. */
import { fieldsOf } from './compile.ts';
import { type Encoding, encodings } from './encoding.ts';
import { extract, WordView } from './operands/word-view.ts';
import { outsideInstruction } from './outside.ts';

export { type Outside, outsideInstruction } from './outside.ts';

export interface Instruction {
  readonly encoding: Encoding;
  /** Unsigned 32 bit. */
  readonly word: number;
}

/** How many bits at the top of a word choose the list of encodings to try. */
const INDEX_BITS = 11;
const INDEX_SHIFT = 32 - INDEX_BITS;

/** Encodings that can have each value of the top bits; special cases before what they are a case of. */
const index: readonly (readonly Encoding[])[] = buildIndex();

function buildIndex(): Encoding[][] {
  const buckets: Encoding[][] = Array.from({ length: 1 << INDEX_BITS }, () => []);
  const sorted = [...encodings].sort((a, b) => (a.specialCaseOf ? 0 : 1) - (b.specialCaseOf ? 0 : 1));
  for (const encoding of sorted) {
    const value = encoding.value >>> INDEX_SHIFT;
    const free = ~(encoding.mask >>> INDEX_SHIFT) & (buckets.length - 1);
    // Every subset of the free bits, from all of them down to none.
    for (let bits = free; ; bits = (bits - 1) & free) {
      buckets[value | bits]!.push(encoding);
      if (bits === 0) break;
    }
  }
  return buckets;
}

/** Instructions by their word: a program's code has few, and machine after machine decodes the same. */
const known = new Map<number, Instruction>();
/** Words kept before all are forgotten, so that code that makes code cannot fill the heap. */
const MAX_KNOWN = 1 << 16;

/** The table's encoding of `word` (unsigned 32 bit), or undefined where the table has none. One object for each word. */
export function decode(word: number): Instruction | undefined {
  const before = known.get(word);
  if (before !== undefined) return before;
  const instruction = decodeAnew(word);
  if (instruction === undefined) return undefined;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(word, instruction);
  return instruction;
}

function decodeAnew(word: number): Instruction | undefined {
  for (const encoding of index[word >>> INDEX_SHIFT]!) {
    if ((word & encoding.mask) >>> 0 !== encoding.value) continue;
    if (encoding.undefinedWhen?.(fieldsOf(encoding, word))) continue;
    return { encoding, word };
  }
  return undefined;
}

/** The value of the field `name`; throws Error where the row has no such field. */
export function fieldOf(instruction: Instruction, name: string): number {
  const field = instruction.encoding.fields.get(name);
  if (field === undefined) throw new Error(`${instruction.encoding.name} has no field ${name}`);
  return extract(instruction.word, field);
}

/** 0-30: X0 to X30 (W too); 31: the current stack pointer; 32-63: V0 to V31; 64: NZCV. XZR is never listed. */
export interface RegisterUse {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

const FIRST_VECTOR = 32;
const NZCV = 64;

/** The registers that the instruction reads and writes, each listed once. */
export function operandRegisters({ encoding, word }: Instruction): RegisterUse {
  const view = new WordView(encoding, word);
  const reads = new Set<number>(encoding.implicit?.reads);
  const writes = new Set<number>(encoding.implicit?.writes);
  for (const register of encoding.registers) {
    const first = view.get(register.field);
    const count = register.count?.(view) ?? 1;
    for (let i = 0; i < count; i++) {
      const number = (first + i) & 31;
      if (number === 31 && register.bank === 'x') continue;
      const id = register.bank === 'v' ? FIRST_VECTOR + number : number;
      if (register.read) reads.add(id);
      if (register.written) writes.add(id);
    }
  }
  if (encoding.flags?.includes('r')) reads.add(NZCV);
  if (encoding.flags?.includes('w')) writes.add(NZCV);
  return { reads: [...reads], writes: [...writes] };
}

/** Whether a word that decode does not know is unallocated, or an instruction that the table lacks. */
export function classifyUnknown(word: number): 'unallocated' | 'not in the table' {
  return outsideInstruction(word) === undefined ? 'unallocated' : 'not in the table';
}
