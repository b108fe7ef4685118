/**
 * What the routines of an object file do, read from their disassembly: system registers read; and, in program order,
 * what is written where, TLB maintenance and barriers, comparisons, calls and departures with the registers that matter
 * there. Values are followed by name through registers, so that two routines that use different registers or macros for
 * the same thing look the same.
 *
 * Instructions are followed as they stand, past branches: enough to compare two versions of one routine, not to run it.
 */
import { objdump, runSilently } from './fixtures-build.ts';

export interface Effects {
  /** Names of the system registers read, sorted. */
  readonly reads: string[];
  /** Everything else, in order. */
  readonly actions: string[];
}

/** The effects of every routine in section `section` of `object`, by its symbol. */
export function routineEffects(object: string, section: string): Map<string, Effects> {
  return new Map([...disassemble(object, section)].map(([routine, code]) => [routine, effectsOf(code)]));
}

interface Instruction {
  readonly address: number;
  readonly mnemonic: string;
  readonly operands: string[];
}

function disassemble(object: string, section: string): Map<string, Instruction[]> {
  const routines = new Map<string, Instruction[]>();
  let routine: Instruction[] = [];
  for (const line of runSilently(objdump, ['-dr', '--no-show-raw-insn', '-j', section, object]).split('\n')) {
    const label = /^[0-9a-f]+ <(.*)>:$/.exec(line);
    const relocation = /^\s*[0-9a-f]+: R_\S+\s+(\S+)/.exec(line);
    const instruction = /^\s*([0-9a-f]+):\t(\S+)\s*(.*?)\s*(?:\/\/.*)?$/.exec(line);
    if (label !== null) {
      routine = [];
      routines.set(label[1]!, routine);
    } else if (relocation !== null) {
      // The target of a call in another file, or in this one under its own name.
      const last = routine.pop();
      if (last !== undefined) routine.push(last.mnemonic === 'bl' ? { ...last, operands: [relocation[1]!] } : last);
    } else if (instruction !== null) {
      const [, address, mnemonic, text] = instruction;
      const operands = text!.match(/\[[^\]]*\]!?|[^,\s][^,]*/g) ?? [];
      routine.push({
        address: Number.parseInt(address!, 16),
        mnemonic: mnemonic!,
        operands,
      });
    }
  }
  return routines;
}

function effectsOf(code: readonly Instruction[]): Effects {
  const state = new State();
  for (const instruction of code) follow(instruction, state);
  return { reads: [...state.reads].sort(), actions: state.actions };
}

class State {
  readonly reads = new Set<string>();
  readonly actions: string[] = [];
  /** By register name, X for both widths; a register not in it still has the value it came with. */
  readonly #values = new Map<string, string>();

  value(operand: string): string {
    if (/^[xw]zr$/.test(operand)) return '#0x0';
    if (/^#/.test(operand)) return constant(BigInt(operand.slice(1)));
    const register = operand.replace(/^w/, 'x');
    return this.#values.get(register) ?? register;
  }

  set(operand: string, value: string): void {
    this.#values.set(operand.replace(/^w/, 'x'), value);
  }

  act(...words: string[]): void {
    this.actions.push(words.join(' '));
  }

  /** 'x0=... x1=...' for the registers named. */
  shown(registers: readonly string[]): string {
    return registers.map((register) => `${register}=${this.value(register)}`).join(' ');
  }

  /** After a call: x`first` to x30 are unknown. */
  forget(first: number, callee: string): void {
    for (let n = first; n <= 30; n++) this.set(`x${n}`, `x${n} from ${callee}`);
  }

  /** The address of a memory operand; `postIndex` is what follows it. Does the write-back. */
  address(operand: string, postIndex: string | undefined): string {
    const [, base, offset, writeBack] = /^\[(\w+)(?:, #(-?\d+))?\](!?)$/.exec(operand)!;
    const address = sum(this.value(base!), Number(offset ?? 0));
    if (writeBack === '!') this.set(base!, address);
    if (postIndex !== undefined) this.set(base!, sum(address, Number(postIndex.slice(1))));
    return address;
  }
}

const generalRegisters = [...Array(31).keys()].map((n) => `x${n}`);

function follow({ address, mnemonic, operands }: Instruction, state: State): void {
  const [first, ...rest] = operands;
  switch (mnemonic) {
    case 'mrs':
      state.reads.add(rest[0]!);
      state.set(first!, rest[0]!);
      break;
    case 'msr':
      state.act(`${first} <- ${state.value(rest[0]!)}`);
      break;
    case 'stp':
    case 'str':
      followStore(operands, state);
      break;
    case 'ldp':
    case 'ldr':
      followLoad(operands, state);
      break;
    case 'tlbi':
    case 'at':
    case 'ic':
    case 'dsb':
    case 'isb':
    case 'hvc':
      state.act(mnemonic, ...operands.map((operand) => state.value(operand)));
      break;
    case 'cmp':
    case 'ccmp':
      // A CCMP is a CMP that counts only if an earlier one failed; the paths that follow show that.
      state.act('cmp', state.value(first!), state.value(rest[0]!));
      break;
    case 'adr':
      state.set(first!, addressName(rest[0]!, address));
      break;
    case 'cmn':
    case 'tst':
      break;
    default:
      if (/^(b|b\..*|bl|blr|br|cbn?z|tbn?z|ret|eret)$/.test(mnemonic)) followBranch(mnemonic, operands, state);
      else if (first !== undefined && /^([xw]\d+|sp)$/.test(first))
        state.set(first, result(mnemonic, first, rest, state));
  }
}

/**
 * Calls in hyp.S take the vcpu in x0 and a cpu context in x2, and preserve x0 to x2; debug register routines also take
 * x3. A call through a register is one to a C-like function.
 */
function followBranch(mnemonic: string, operands: readonly string[], state: State): void {
  const target = (operands.at(-1) ?? '').replace(/^[0-9a-f]+ <(.*)>$/, '$1');
  switch (mnemonic) {
    case 'bl': {
      const parameters = /_debug$/.test(target) ? ['x0', 'x2', 'x3'] : ['x0', 'x2'];
      state.act('call', target, state.shown(parameters));
      state.forget(3, target);
      break;
    }
    case 'blr':
      state.act('call', state.value(target), state.shown(['x0', 'x1', 'x2']));
      state.forget(0, 'hypfn');
      break;
    case 'br':
      state.act('branch to', state.value(target));
      break;
    case 'ret':
      state.act('return', state.shown(['x0']));
      break;
    case 'eret':
      state.act('eret', state.shown(generalRegisters));
      break;
    case 'cbz':
    case 'cbnz':
    case 'tbz':
    case 'tbnz':
      state.act(mnemonic, ...operands.slice(0, -1).map((operand) => state.value(operand)));
      break;
    default:
      // Within a routine the paths show by what is done on them, and by what is handed on where two of them meet.
      if (!target.includes('+')) state.act(mnemonic, target, state.shown(['x0', 'x1']));
      else if (mnemonic === 'b') state.act('go on', state.shown(['x1', 'x2', 'x3']));
  }
}

function followStore(operands: readonly string[], state: State): void {
  const memory = operands.findIndex((operand) => operand.startsWith('['));
  const values = operands.slice(0, memory).map((operand) => state.value(operand));
  const size = accessSize(operands[0]!);
  const address = state.address(operands[memory]!, operands[memory + 1]);
  values.forEach((value, n) => {
    state.actions.push(`[${sum(address, n * size)}]:${size} <- ${value}`);
  });
}

function followLoad(operands: readonly string[], state: State): void {
  const memory = operands.findIndex((operand) => operand.startsWith('['));
  if (memory < 0) {
    state.set(operands[0]!, 'literal');
    return;
  }
  const size = accessSize(operands[0]!);
  const address = state.address(operands[memory]!, operands[memory + 1]);
  operands.slice(0, memory).forEach((operand, n) => {
    state.set(operand, `[${sum(address, n * size)}]:${size}`);
  });
}

/** What a data-processing instruction leaves in its destination. */
function result(mnemonic: string, destination: string, sources: readonly string[], state: State): string {
  const values = sources.map((source) => state.value(source.replace(/^lsl /, '')));
  switch (mnemonic) {
    case 'mov':
    case 'movz':
      return values.length === 1 ? values[0]! : constant(number(values[0]!) << number(values[1]!));
    case 'movk': {
      const shift = values.length === 1 ? 0n : number(values[1]!);
      return constant((number(state.value(destination)) & ~(0xffffn << shift)) | (number(values[0]!) << shift));
    }
    case 'neg':
      return values[0]!.startsWith('#') ? constant(-number(values[0]!)) : `neg(${values[0]})`;
    case 'add':
      if (sources.length === 2 && sources[1]!.startsWith('#')) return sum(values[0]!, Number(number(values[1]!)));
      return `add(${values.join(', ')})`;
    case 'orr':
      return orr(values);
    default:
      return `${mnemonic}(${values.join(', ')})`;
  }
}

/** In whatever order bits are set, they are set: operands of nested ORRs, sorted. */
function orr(values: readonly string[]): string {
  const operands = values.flatMap((value) => {
    const inner = /^orr\((.*)\)$/.exec(value);
    return inner === null ? [value] : inner[1]!.split(' | ');
  });
  return `orr(${operands.sort().join(' | ')})`;
}

/** objdump's 'address <symbol+offset>' as an operand at `from`: the symbol, or within a routine the distance. */
function addressName(operand: string, from: number): string {
  const [, address, symbol] = /^([0-9a-f]+) <(.*)>$/.exec(operand)!;
  return symbol!.includes('+') ? `here+${Number.parseInt(address!, 16) - from}` : symbol!;
}

const constant = (value: bigint): string => `#0x${BigInt.asUintN(64, value).toString(16)}`;
const number = (value: string): bigint => BigInt(value.slice(1));

function accessSize(register: string): number {
  return register.startsWith('w') ? 4 : register.startsWith('q') ? 16 : 8;
}

/** base + offset, with the offsets of nested sums added up. */
function sum(base: string, offset: number): string {
  const [, inner, had] = /^(.*?)\+(-?\d+)$/.exec(base) ?? ['', base, '0'];
  const total = Number(had) + offset;
  return total === 0 ? inner! : `${inner}+${total}`;
}
