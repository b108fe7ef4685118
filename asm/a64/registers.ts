/**
 * Register names of the A64 assembly language (Arm ARM C1.2.5): general-purpose, stack pointer, zero, and SIMD&FP
 * scalar and vector registers, with the names GNU as adds (lr, fp, ip0, ip1).
 */

/** `x`, `w`: general-purpose or zero register; `sp`, `wsp`: stack pointer; `b` to `q`: scalar; `v`: vector. */
export type RegisterClass = 'x' | 'w' | 'sp' | 'wsp' | 'b' | 'h' | 's' | 'd' | 'q' | 'v';

export interface Register {
  readonly class: RegisterClass;
  /** 0 to 31; 31 for the zero register and for the stack pointer. */
  readonly number: number;
  /** What follows the dot of a vector register: `16b`, `s`; empty where there is no dot. */
  readonly arrangement: string;
}

function plainRegisters(): Map<string, Register> {
  const names = new Map<string, Register>();
  const add = (name: string, of: RegisterClass, number: number) =>
    names.set(name, { class: of, number, arrangement: '' });
  for (let n = 0; n < 32; n++) {
    if (n < 31) add(`x${n}`, 'x', n);
    if (n < 31) add(`w${n}`, 'w', n);
    for (const of of ['b', 'h', 's', 'd', 'q', 'v'] as const) add(`${of}${n}`, of, n);
  }
  add('xzr', 'x', 31);
  add('wzr', 'w', 31);
  add('sp', 'sp', 31);
  add('wsp', 'wsp', 31);
  add('lr', 'x', 30);
  add('fp', 'x', 29);
  add('ip0', 'x', 16);
  add('ip1', 'x', 17);
  return names;
}

const registers: ReadonlyMap<string, Register> = plainRegisters();

const arrangements = new Set([
  '8b',
  '16b',
  '2h',
  '4h',
  '8h',
  '2s',
  '4s',
  '1d',
  '2d',
  '1q',
  '4b',
  'b',
  'h',
  's',
  'd',
  'q',
]);

/** The register that `name` (lower case) names, with its arrangement, or undefined. */
export function registerNamed(name: string): Register | undefined {
  const plain = registers.get(name);
  if (plain !== undefined) return plain;
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const base = registers.get(name.slice(0, dot));
  const arrangement = name.slice(dot + 1);
  if (base?.class !== 'v' || !arrangements.has(arrangement)) return undefined;
  return { class: 'v', number: base.number, arrangement };
}

/** The name of a general-purpose register as objdump prints it; 31 is the zero register. */
export function generalName(number: number, wide: boolean): string {
  if (number === 31) return wide ? 'xzr' : 'wzr';
  return `${wide ? 'x' : 'w'}${number}`;
}

/** The name of a general-purpose register or, for 31, of the stack pointer. */
export function generalOrStackName(number: number, wide: boolean): string {
  if (number === 31) return wide ? 'sp' : 'wsp';
  return `${wide ? 'x' : 'w'}${number}`;
}

const className: Readonly<Record<RegisterClass, string>> = {
  x: 'a 64-bit general register',
  w: 'a 32-bit general register',
  sp: 'sp',
  wsp: 'wsp',
  b: 'an 8-bit scalar register',
  h: 'a 16-bit scalar register',
  s: 'a 32-bit scalar register',
  d: 'a 64-bit scalar register',
  q: 'a 128-bit scalar register',
  v: 'a vector register',
};

/** What a message calls a register class. */
export function describeClass(of: RegisterClass): string {
  return className[of];
}
