/** Registers, struct fields and memory as the stepping prompt shows them. */
import { fieldsOf } from '../../asm/c/layout.ts';
import { bare, type CType } from '../../asm/c/types.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { Runnable } from '../scenario/runnable.ts';

/** Lines that a struct may take before the rest is left out. */
const SHOWN = 64;

export function hex(value: bigint, bytes = 8): string {
  return `0x${value.toString(16).padStart(2 * bytes, '0')}`;
}

/** Sets of registers for `regs`, by name: patterns over cell names. */
const registerSets: Readonly<Record<string, RegExp>> = {
  general: /^(x\d+|sp_el\d|pc|nzcv|daif|currentel|spsel)$/,
  el1: /_el1$(?<!^dbg.*)(?<!^id_.*)/,
  el2: /_el2$/,
  debug: /^(dbg[bw][cv]r\d+_el1|mdscr_el1|mdccint_el1|mdcr_el2)$/,
  fp: /^(v\d+\.d[01]|fpcr|fpsr)$/,
};

/** The registers of `set`, three to a line. Throws SourceError for a set that there is not. */
export function registerLines(ready: Runnable, set: string): string[] {
  const pattern = registerSets[set];
  if (pattern === undefined) {
    throw new SourceError(`no register set '${set}': one of ${Object.keys(registerSets).join(', ')}`);
  }
  const { machine } = ready;
  const { registers, cells } = machine.cpu;
  const entries: string[] = [];
  for (let id = 0; id < registers.count; id++) {
    const name = registers.nameOf(id);
    if (pattern.test(name) && machine.cellNamed(name) === id) entries.push(`${name.padEnd(14)} ${hex(cells[id]!)}`);
  }
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += 3)
    lines.push(
      entries
        .slice(i, i + 3)
        .join('   ')
        .trimEnd(),
    );
  return lines;
}

/** The value of a register, or of a struct field with all its members. Throws SourceError where `what` is neither. */
export function valueLines(ready: Runnable, what: string): string[] {
  const register = registerValue(ready, what);
  if (register !== undefined) return [`${what} = ${hex(register)}${meaning(ready, register)}`];
  const { typed } = ready;
  const { pa, type } = typed.resolve(what);
  const lines = [...fieldLines(ready, what, type, pa)];
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `(${lines.length - SHOWN} more)`];
}

/**
 * The cell of `x0`, `w0`, `sp`, `lr`, `pc`, any system register or PSTATE field, in upper or lower case; undefined for any other
 * name. `sp` is the stack pointer in use.
 */
export function registerCell({ machine }: Runnable, name: string): number | undefined {
  const lower = name.toLowerCase();
  if (lower === 'sp') return machine.cpu.sp;
  return machine.cellNamed({ lr: 'x30', fp: 'x29' }[lower] ?? lower.replace(/^w(?=\d+$)/, 'x'));
}

/** What the register called `name` holds, see registerCell; of `w0` the low half of X0. */
function registerValue(ready: Runnable, name: string): bigint | undefined {
  const cell = registerCell(ready, name);
  if (cell === undefined) return undefined;
  const value = ready.machine.cpu.cells[cell]!;
  return /^w\d+$/i.test(name) ? value & 0xffff_ffffn : value;
}

/** What an address points to, where that has a name. */
function meaning(ready: Runnable, value: bigint): string {
  const pa = ready.memory.resolve(value);
  if (pa === undefined) return '';
  const field = ready.typed.fieldAt(pa, 1);
  if (field !== undefined) return `  (in ${field})`;
  const symbol = ready.code.symbolAt(pa);
  return symbol === undefined ? '' : `  (${ready.code.nameOf(pa)})`;
}

function* fieldLines(ready: Runnable, path: string, type: CType, pa: bigint): Generator<string> {
  const inner = bare(type);
  if (inner.kind === 'record') {
    for (const field of fieldsOf(inner)) {
      const name = field.name === '' ? path : `${path}.${field.name}`;
      yield* fieldLines(ready, name, field.type, pa + BigInt(field.offset));
    }
  } else if (inner.kind === 'array') {
    for (let n = 0; n < (inner.length ?? 0); n++) yield* elementLines(ready, `${path}[${n}]`);
  } else {
    yield scalarLine(ready, path);
  }
}

function* elementLines(ready: Runnable, path: string): Generator<string> {
  const { type, pa } = ready.typed.resolve(path);
  yield* fieldLines(ready, path, type, pa);
}

function scalarLine(ready: Runnable, path: string): string {
  const { size } = ready.typed.resolve(path);
  const value = ready.typed.read(path);
  return `${path} = ${hex(value, size)}${size === 8 ? meaning(ready, value) : ''}`;
}

/** Bytes of a word that `x` shows. */
const WORD = 8;

/** `x[/N] WHERE`: N words from an address (hexadecimal), the address in a register, or the address of a field. */
export function memoryLines(ready: Runnable, words: readonly string[]): string[] {
  const counted = /^\/(\d+)$/.exec(words[0] ?? '');
  const count = counted === null ? 1 : Number(counted[1]);
  const where = words.slice(counted === null ? 0 : 1).join(' ');
  if (where === '') throw new SourceError('x where? An address, a register, a symbol or a path');
  if (count < 1 || count > 4096) throw new SourceError('x shows 1 to 4096 words');
  const start = addressOf(ready, where);
  const lines: string[] = [];
  for (let n = 0; n < count; n++) {
    const pa = start + BigInt(n * WORD);
    if (!ready.machine.physical.hasRam(pa, WORD)) throw new SourceError(`no memory at physical address ${hex(pa)}`);
    const field = ready.typed.fieldAt(pa, WORD);
    const value = ready.machine.physical.read(pa, WORD);
    lines.push(`${hex(pa)}: ${hex(value)}${field === undefined ? meaning(ready, value) : `  ${field}`}`);
  }
  return lines;
}

/** Physical address of what `where` names. */
function addressOf(ready: Runnable, where: string): bigint {
  const value = /^0[xX][0-9a-fA-F]+$/.test(where) ? BigInt(where) : registerValue(ready, where);
  if (value === undefined) return ready.code.symbol(where) ?? ready.typed.resolve(where).pa;
  return ready.memory.resolve(value) ?? value;
}
