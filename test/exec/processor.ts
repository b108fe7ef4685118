/** A machine for tests of single instructions: code is given as assembly text, registers by name. */
import { type AssemblerEnvironment, assemble, encodeFixup, OperandError } from '../../asm/a64/assemble.ts';
import { type CpuModel, cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';

export const RAM = 0x4000_0000n;
export const CODE = RAM;
/** A free page for data. */
export const DATA = RAM + 0x1_0000n;
export const RAM_SIZE = 0x4_0000;

/** Numbers, and `.+n` for a distance from the instruction. A name is a symbol, as in any assembler; none is defined. */
const environment: AssemblerEnvironment = {
  parseExpression(text, offset) {
    const rest = text.slice(offset);
    const [name] = /^\s*[A-Za-z_][\w.]*/.exec(rest) ?? [];
    if (name !== undefined) return { value: { symbolic: name }, end: offset + name.length };
    const [match, minus, digits] = /^\s*(?:\.\s*\+?)?\s*(-?)(0[xX][0-9a-fA-F]+|\d+)/.exec(rest) ?? [];
    if (match === undefined) throw new OperandError(`no number at '${rest}'`, offset);
    const value = minus === '-' ? -BigInt(digits!) : BigInt(digits!);
    const isDistance = match.trimStart().startsWith('.');
    return { value: isDistance ? { symbolic: value } : { constant: value }, end: offset + match.length };
  },
  registerAlias: () => undefined,
  allows: () => true,
};

/** The word of one line of assembly text. Labels are written `.+8`. */
export function word(line: string): number {
  const text = line.trim();
  const space = text.search(/\s/);
  const [mnemonic, operands] = space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space).trim()];
  const { word, fixup } = assemble(mnemonic, operands, environment);
  return fixup === undefined ? word : encodeFixup(word, fixup.kind, fixup.symbolic as bigint);
}

export type Registers = Readonly<Record<string, bigint | number>>;

export interface ProcessorOptions {
  readonly model?: CpuModel;
}

/** One processor with a little RAM, at EL2, MMU off. */
export class Processor {
  readonly machine: Machine;

  constructor({ model = cpuModel('cortex-a57') }: ProcessorOptions = {}) {
    this.machine = new Machine({ model, ram: { base: RAM, size: RAM_SIZE } });
    this.write({ pc: CODE });
  }

  /** Puts `lines` at `at` (the PC left alone). */
  load(lines: readonly string[], at: bigint = CODE): void {
    lines.forEach((line, i) => {
      this.machine.memory.poke(at + BigInt(4 * i), 4, BigInt(word(line)));
    });
  }

  /** Sets cells by name; `w5` and `sp` too. */
  write(values: Registers): void {
    const { cpu } = this.machine;
    for (const [name, value] of Object.entries(values)) {
      cpu.cells[this.#cellOf(name)] = BigInt.asUintN(64, BigInt(value));
    }
    cpu.refresh();
  }

  read(name: string): bigint {
    return this.machine.cpu.cells[this.#cellOf(name)]!;
  }

  /** The flags that are set, as letters: `nZCv` for Z and C. */
  get flags(): string {
    const nzcv = Number(this.read('nzcv') >> 28n);
    return ['n', 'z', 'c', 'v'].map((flag, i) => (nzcv & (8 >> i) ? flag.toUpperCase() : flag)).join('');
  }

  set flags(letters: string) {
    const nzcv = [...letters].reduce((bits, letter, i) => bits | (letter === letter.toUpperCase() ? 8 >> i : 0), 0);
    this.write({ nzcv: BigInt(nzcv) << 28n });
  }

  /** Goes to exception level `el` with SP_ELx selected (EL0: SP_EL0). */
  enter(el: 0 | 1 | 2): void {
    this.write({ currentel: el << 2, spsel: el === 0 ? 0 : 1 });
  }

  /** Executes `lines`, put at the PC, one step each. */
  execute(...lines: string[]): void {
    const pc = this.read('pc');
    this.load(lines, pc);
    for (let i = 0; i < lines.length; i++) this.machine.step();
  }

  /** Steps `count` times. */
  step(count = 1): void {
    for (let i = 0; i < count; i++) this.machine.step();
  }

  #cellOf(name: string): number {
    const { cpu } = this.machine;
    if (name === 'sp') return cpu.sp;
    if (name === 'lr') return 30;
    const id = cpu.registers.find(name);
    if (id === undefined) throw new Error(`no register is called ${name}`);
    return id;
  }
}
