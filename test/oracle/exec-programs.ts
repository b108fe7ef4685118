/**
 * Random straight-line programs over the instruction table, for a comparison with QEMU: bare-metal code for EL2 in which
 * no instruction faults. Before each load or store its base gets an address inside a window of memory.
 */
import { fieldsOf } from '../../asm/a64/compile.ts';
import { decode } from '../../asm/a64/decode.ts';
import { type Encoding, encodings } from '../../asm/a64/encoding.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import { word } from '../exec/processor.ts';
import type { Random } from './memory-tables.ts';

/** Where code is loaded (QEMU keeps its device tree below), and the window, in the same 256 MB of RAM. */
export const CODE = 0x4020_0000n;
const WINDOW = 0x4f00_0000;
const WINDOW_SIZE = 1024;
/** Translation table of EL2: one block that maps RAM onto itself. */
const TABLE = 0x4f10_0000;

const SP = 31;

/** Sections whose instructions do not go on to the next one, or wait, or are made by hand below. */
const excluded = new Set([
  ...['SVC', 'HVC', 'SMC', 'BRK', 'HLT', 'DCPS1', 'DCPS2', 'DCPS3', 'DRPS', 'UDF', 'ERET', 'WFE', 'WFI'],
  ...['B', 'BL', 'B.cond', 'CBZ', 'CBNZ', 'TBZ', 'TBNZ', 'BR', 'BLR', 'RET'],
  ...['MRS', 'MSR (register)', 'MSR (immediate)', 'SYS', 'SYSL'],
  ...['STXR', 'STXRB', 'STXRH', 'STLXR', 'STLXRB', 'STLXRH', 'STXP', 'STLXP'],
  ...['LDXR', 'LDXRB', 'LDXRH', 'LDAXR', 'LDAXRB', 'LDAXRH', 'LDXP', 'LDAXP'],
]);

/** Special-purpose and system registers that a program may set to anything without any consequence. */
const freeRegisters = [
  'nzcv',
  'fpcr',
  'fpsr',
  'tpidr_el0',
  'tpidr_el1',
  'tpidr_el2',
  'tpidrro_el0',
  'far_el1',
  'mair_el1',
];

export interface ProgramOptions {
  readonly random: Random;
  /** What the processor has, as core/models.ts names it. */
  readonly features: ReadonlySet<string>;
  /** With the MMU on, memory is Normal and accesses need not be aligned. */
  readonly mmu: boolean;
  readonly programs: number;
  readonly length: number;
}

/** The whole image: boot code, programs, end. */
export function makePrograms(options: ProgramOptions): Uint8Array {
  const writer = new ProgramWriter(options);
  writer.boot();
  for (let n = 0; n < options.programs; n++) writer.program();
  writer.end();
  return writer.image();
}

/** Values whose neighbourhood is where arithmetic goes wrong. */
const corners = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
];

class ProgramWriter {
  readonly #options: ProgramOptions;
  readonly #random: Random;
  readonly #choices: readonly Encoding[];
  readonly #words: number[] = [];

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#random = options.random;
    this.#choices = encodings.filter(
      ({ name, feature }) => !excluded.has(name) && (feature === undefined || options.features.has(feature)),
    );
  }

  image(): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.#words).buffer);
  }

  /** FP on, exceptions to an exit, and with `mmu` an identity map of Normal memory. */
  boot(): void {
    this.#lines('mov x0, #0x33ff', 'msr cptr_el2, x0');
    // The exit stub stands at the first multiple of 2048 after the branch; any exception ends there.
    this.#lines('adr x0, .+2040', 'msr vbar_el2, x0', 'isb');
    this.#constant(1, 0x80000000n);
    this.#lines('msr hcr_el2, x1');
    if (this.#options.mmu) this.#enableMmu();
    const stub = 2048;
    this.#words.push(word(`b .+${stub + 2048 - 4 * this.#words.length}`));
    while (this.#words.length < stub / 4) this.#lines('nop');
    for (let vector = 0; vector < 16; vector++) {
      const at = this.#words.length;
      this.#exit();
      while (this.#words.length < at + 32) this.#lines('nop');
    }
  }

  #enableMmu(): void {
    this.#constant(0, BigInt(TABLE));
    // The second gigabyte: block, access flag, inner shareable, read-write, attribute 0.
    this.#constant(1, 0x4000_0701n);
    this.#lines('str x1, [x0, #8]', 'msr ttbr0_el2, x0');
    this.#constant(1, 0xffn);
    this.#lines('msr mair_el2, x1');
    // T0SZ 25: 39-bit addresses, write-back, inner shareable, 40-bit physical addresses.
    this.#constant(1, 0x8082_3519n);
    this.#lines('msr tcr_el2, x1', 'dsb sy', 'tlbi alle2', 'dsb sy', 'isb');
    this.#constant(1, 0x30c5_1835n);
    this.#lines('msr sctlr_el2, x1', 'isb');
  }

  /** One program: random registers, random instructions, then everything it may have changed passes through X0. */
  program(): void {
    for (let n = 0; n < 31; n++) this.#constant(n, this.#value());
    const n = this.#random.below(31);
    this.#lines(`msr nzcv, x${n}`);
    for (let v = 0; v < 32; v += 1 + this.#random.below(8)) {
      this.#lines(`mov v${v}.d[0], x${this.#random.below(31)}`, `mov v${v}.d[1], x${this.#random.below(31)}`);
    }
    for (let i = 0; i < this.#options.length; i++) this.#instruction();
    for (let v = 0; v < 32; v++) this.#lines(`mov x0, v${v}.d[0]`, `mov x1, v${v}.d[1]`);
    this.#constant(2, BigInt(WINDOW));
    for (let at = 0; at < WINDOW_SIZE; at += 16) this.#lines('ldp x0, x1, [x2], #16');
  }

  end(): void {
    this.#exit();
  }

  /** SYS_EXIT with ADP_Stopped_ApplicationExit (semihosting for AArch32 and AArch64, "SYS_EXIT (0x18)"). */
  #exit(): void {
    this.#lines('adr x1, .+20', 'mov x0, #0x18', 'hlt #0xf000', 'b .+0', 'nop');
    this.#words.push(0x20026, 0, 0, 0);
  }

  #lines(...lines: string[]): void {
    for (const line of lines) this.#words.push(word(line));
  }

  /** Xn = value; X31 is SP, by way of another register. */
  #constant(n: number, value: bigint): void {
    if (n === SP) {
      const through = this.#random.below(31);
      this.#constant(through, value);
      this.#lines(`mov sp, x${through}`);
      return;
    }
    this.#lines(`movz x${n}, #${value & 0xffffn}`);
    for (let hw = 1n; hw < 4n; hw++) {
      const part = (value >> (16n * hw)) & 0xffffn;
      if (part !== 0n) this.#lines(`movk x${n}, #${part}, lsl #${16n * hw}`);
    }
  }

  #value(): bigint {
    if (this.#random.chance(30)) {
      const corner = this.#random.pick(corners) + BigInt(this.#random.below(3) - 1);
      return BigInt.asUintN(64, this.#random.chance(50) ? corner : -corner);
    }
    return this.#random.wide(this.#random.pick([8, 16, 32, 33, 64]));
  }

  #instruction(): void {
    const kind = this.#random.below(100);
    if (kind < 4) this.#branch();
    else if (kind < 6) this.#branchByRegister();
    else if (kind < 9) this.#systemRegister();
    else if (kind < 11) this.#exclusive();
    else if (kind < 12) this.#zeroBlock();
    else this.#fromTable(this.#random.pick(this.#choices));
  }

  /** A branch to the next instruction or the one after. */
  #branch(): void {
    const to = this.#random.pick([4, 8]);
    const n = this.#random.below(31);
    const bit = this.#random.below(64);
    const conditions = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al'];
    this.#lines(
      this.#random.pick([
        `b .+${to}`,
        `bl .+${to}`,
        `b.${this.#random.pick(conditions)} .+${to}`,
        `cbz x${n}, .+${to}`,
        `cbnz w${n}, .+${to}`,
        `tbz x${n}, #${bit}, .+${to}`,
        `tbnz x${n}, #${bit}, .+${to}`,
      ]),
      'nop',
    );
  }

  #branchByRegister(): void {
    const n = this.#random.below(31);
    this.#lines(`adr x${n}, .+8`, `${this.#random.pick(['br', 'blr', 'ret'])} x${n}`);
  }

  #systemRegister(): void {
    const n = this.#random.below(31);
    const name = this.#random.pick(freeRegisters);
    if (this.#random.chance(50)) this.#lines(`msr ${name}, x${n}`);
    else if (this.#random.chance(20))
      this.#lines(this.#random.pick(['msr daifset, #15', 'msr spsel, #0', 'msr spsel, #1']));
    this.#lines(`mrs x${this.#random.below(31)}, ${name}`);
  }

  /** A load-exclusive and a store-exclusive of the same size to the same place, or one without the other. */
  #exclusive(): void {
    const [rs, rn, rt, rt2] = this.#distinct(4);
    const suffix = this.#random.pick(['b', 'h', '']);
    const isPair = suffix === '' && this.#random.chance(40);
    const width = suffix === '' && this.#random.chance(60) ? 'x' : 'w';
    const data = isPair ? `${width}${rt}, ${width}${rt2}` : `${width}${rt}`;
    const stem = isPair ? 'xp' : `xr${suffix}`;
    this.#constant(rn!, BigInt(this.#target(16, 16)));
    if (this.#random.chance(70)) this.#lines(`ld${this.#random.pick(['', 'a'])}${stem} ${data}, [x${rn}]`);
    else this.#lines('clrex');
    if (this.#random.chance(50)) this.#constant(rt!, this.#value());
    if (this.#random.chance(20)) this.#lines('clrex');
    this.#lines(`st${this.#random.pick(['', 'l'])}${stem} w${rs}, ${data}, [x${rn}]`, 'clrex');
  }

  #zeroBlock(): void {
    // DC ZVA does not do for Device memory, which all memory is with the MMU off.
    if (!this.#options.mmu) return;
    const n = this.#random.below(31);
    this.#constant(n, BigInt(this.#target(1, 1)));
    this.#lines(this.#random.pick([`dc zva, x${n}`, `dc civac, x${n}`, `dc cvac, x${n}`]));
  }

  #distinct(count: number): number[] {
    const found = new Set<number>();
    while (found.size < count) found.add(this.#random.below(31));
    return [...found];
  }

  /** An address in the window with room for `size` bytes. */
  #target(size: number, alignment: number): number {
    const address = this.#random.below(WINDOW_SIZE - size + 1);
    return WINDOW + address - (address % alignment);
  }

  /** A random word of `encoding`. Gives up where none of a few fits. */
  #fromTable(encoding: Encoding): void {
    for (let attempt = 0; attempt < 10; attempt++) {
      const candidate = this.#randomWord(encoding);
      if (decode(candidate)?.encoding !== encoding) continue;
      const fields = fieldsOf(encoding, candidate);
      if (encoding.unpredictable?.(fields) !== undefined) continue;
      if (fields.ftype === 3 && !this.#options.features.has('fp16')) continue;
      if (isMemoryAccess(encoding) && !this.#prepareAccess(encoding, fields)) continue;
      this.#words.push(candidate);
      return;
    }
  }

  #randomWord(encoding: Encoding): number {
    const any = (encoding.template | (this.#random.bits() & ~encoding.mask)) >>> 0;
    // A literal is the code that follows.
    const isLiteral = encoding.name.includes('(literal');
    return isLiteral ? ((any & ~0x00ff_ffe0) | (this.#random.below(16) << 7)) >>> 0 : any;
  }

  /** Points the base into the window, so that the access stays inside. False where the fields do not allow it. */
  #prepareAccess(encoding: Encoding, fields: Fields): boolean {
    const { name } = encoding;
    if (name.includes('(literal')) return this.#options.mmu || this.#words.length % 4 === 0;
    const { size, offset } = shapeOf(encoding, fields);
    const isRegisterOffset = name.includes('(register');
    if (isRegisterOffset && (fields.Rm === fields.Rn || fields.Rm === SP)) return false;
    const aligned = !this.#options.mmu || mustBeAligned(encoding);
    const target = this.#target(size, fields.Rn === SP || aligned ? Math.min(16, size) : 1);
    const base = target - (encoding.variant === 'Post-index' ? 0 : offset);
    if (fields.Rn === SP && base % 16 !== 0) return false;
    this.#constant(fields.Rn, BigInt(base));
    if (isRegisterOffset) this.#constant(fields.Rm, 0n);
    return true;
  }
}

function isMemoryAccess({ timing, name }: Encoding): boolean {
  return (timing.includes('load') || timing.includes('store') || timing === 'atomic') && !name.startsWith('PRF');
}

/** Acquire, release and atomic accesses are aligned even to Normal memory. */
function mustBeAligned({ timing }: Encoding): boolean {
  return timing === 'atomic' || timing === 'load-acquire' || timing === 'store-release';
}

/** The bytes an access spans, and the offset in its fields. */
function shapeOf({ name, variant }: Encoding, fields: Fields): { size: number; offset: number } {
  const isVector = name.includes('SIMD');
  const signed = (value: number, bits: number) => (value << (32 - bits)) >> (32 - bits);
  if (/^(LD|ST)\d/.test(name)) return { size: 64, offset: 0 };
  if (fields.imm7 !== undefined) {
    const scale = isVector ? 2 + fields.opc : fields.opc === 2 ? 3 : 2;
    return { size: 2 << scale, offset: signed(fields.imm7, 7) << scale };
  }
  const scale = isVector ? ((fields.opc & 2) << 1) | fields.size : (fields.size ?? 2 + fields.sz);
  if (name.startsWith('CASP')) return { size: 8 << fields.sz, offset: 0 };
  if (variant === 'Unsigned offset') return { size: 1 << scale, offset: fields.imm12 << scale };
  return { size: 1 << scale, offset: fields.imm9 === undefined ? 0 : signed(fields.imm9, 9) };
}
