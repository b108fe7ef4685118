/**
 * What the rules of instructions emit into: the function of one region. While it runs, registers and flags are locals of
 * WebAssembly; it loads those it names when it begins and stores them when it ends.
 *
 * How steps are counted: `LEFT` less the index of an instruction is what is left of the budget before that instruction.
 * Straight-line code then counts nothing; only branches change LEFT.
 */
import { LR, NZCV, PC as PC_CELL } from '../../core/registers.ts';
import {
  block,
  type Code,
  extendU,
  get,
  type Integer,
  i32,
  i64,
  branch as jump,
  loop,
  moduleOf,
  set,
  when,
  wrap,
} from './wasm.ts';

/** Parameters: steps that may be made (more than any region has instructions), and where in the cells SP is, in bytes. */
const LEFT = 0;
const SP_ADDRESS = 1;
const PARAMETERS = 2;

/** How register fields name the stack pointer, or the zero register: the rule knows which. */
const REGISTER_31 = 31;

// Locals: X0 to X30 and SP, the PC of the first instruction, the PC to leave with, values of one instruction.
const X0 = PARAMETERS;
const SP = X0 + REGISTER_31;
const HEAD = SP + 1;
const NEXT = HEAD + 1;
const HELD64 = NEXT + 1;
/** The most values of each type that the rule of an instruction may hold. */
const HELD = 16;
// The flags, each 0 or 1, and values of one instruction.
const N = HELD64 + HELD;
const Z = N + 1;
const C = N + 2;
const V = N + 3;
const HELD32 = N + 4;

const LOCALS = { i64: N - PARAMETERS, i32: 4 + HELD };

const NOWHERE = i32.const(0n);
const CELL_SIZE = 8;

/** Four expressions of type i32, each 0 or 1. */
export interface Flags {
  readonly n: Code;
  readonly z: Code;
  readonly c: Code;
  readonly v: Code;
}

/** A value that is needed more than once: `code` computes it, once; `value` reads it. */
export interface Held {
  readonly code: Code;
  readonly value: Code;
}

export class Emitter {
  /** Where in the region the instruction is that is being emitted. */
  index = 0;
  readonly #length: number;
  /** Forward branches inside the region lead to these indices, in ascending order. */
  readonly #targets: readonly number[];
  readonly #read = new Set<number>();
  readonly #written = new Set<number>();
  #usesFlags = false;
  #held = 0;

  constructor(length: number, targets: readonly number[]) {
    this.#length = length;
    this.#targets = targets;
  }

  /** To be called before the rule of the instruction at `index`. */
  begin(index: number): void {
    this.index = index;
    this.#held = 0;
  }

  /** The value of register field `n`; 31 is the zero register. */
  read(type: Integer, n: number): Code {
    return n === REGISTER_31 ? type.const(0n) : this.readOrSp(type, n);
  }

  /** The same, where 31 is the stack pointer. */
  readOrSp(type: Integer, n: number): Code {
    this.#read.add(n);
    return type.bits === 32 ? wrap(get(X0 + n)) : get(X0 + n);
  }

  /** Sets the register of field `n`; 31 is the zero register. A 32-bit value is extended by zeros. */
  write(type: Integer, n: number, value: Code): Code {
    return n === REGISTER_31 ? [] : this.writeOrSp(type, n, value);
  }

  writeOrSp(type: Integer, n: number, value: Code): Code {
    this.#written.add(n);
    return set(X0 + n, type.bits === 32 ? extendU(value) : value);
  }

  /** Keeps `value` for the rest of the instruction. */
  hold(type: Integer, value: Code): Held {
    if (this.#held === HELD) throw new RangeError(`an instruction holds more than ${HELD} values`);
    const local = (type.bits === 32 ? HELD32 : HELD64) + this.#held++;
    return { code: set(local, value), value: get(local) };
  }

  setFlags({ n, z, c, v }: Flags): Code {
    this.#usesFlags = true;
    return [...set(N, n), ...set(Z, z), ...set(C, c), ...set(V, v)];
  }

  get carry(): Code {
    this.#usesFlags = true;
    return get(C);
  }

  /** Whether condition `cond` holds: 0 or not (Arm ARM J1, ConditionHolds). */
  condition(cond: number): Code {
    this.#usesFlags = true;
    const holds = conditions[cond >> 1]!;
    // Fifteen is always, like fourteen.
    return (cond & 1) === 1 && cond !== 15 ? i32.eqz(holds) : holds;
  }

  /** The address `offset` bytes from the instruction. */
  address(offset: number): Code {
    return i64.add(get(HEAD), i64.const(BigInt(4 * this.index + offset)));
  }

  link(): Code {
    return this.write(i64, LR, this.address(4));
  }

  /** Goes to the instruction `offset` bytes on. `inside`: how many blocks or conditions of its own the rule stands in. */
  branch(offset: number, inside = 0): Code {
    const target = this.index + offset / 4;
    const done = this.index + 1;
    if (target === 0) {
      const again = when(
        i32.geS(get(LEFT), i32.const(BigInt(this.#length))),
        jump(inside + this.#openTargets.length + 1),
      );
      return [...this.#spend(done), ...again, ...this.#leave(get(HEAD), inside)];
    }
    const depth = this.#openTargets.indexOf(target);
    if (depth >= 0) return [...this.#spend(done - target), ...jump(depth + inside)];
    return [...this.#spend(done), ...this.#leave(this.address(offset), inside)];
  }

  branchIf(condition: Code, offset: number): Code {
    return when(condition, this.branch(offset, 1));
  }

  /** Goes to `address`, out of the region. */
  branchTo(address: Code): Code {
    return [...this.#spend(this.index + 1), ...this.#leave(address, 0)];
  }

  /** Leaves this instruction and what follows to the interpreter where `condition` holds. */
  giveUpIf(condition: Code): Code {
    return when(condition, [...this.#spend(this.index), ...this.#leave(this.address(0), 1)]);
  }

  /** The module whose body is `code`, all of the region's instructions. */
  finish(code: Code): Uint8Array<ArrayBuffer> {
    this.begin(this.#length);
    const end = [...this.#spend(this.#length), ...set(NEXT, this.address(0))];
    const body = [...this.#load(), ...block(loop([code, end])), ...this.#store(), ...get(LEFT)];
    return moduleOf(PARAMETERS, LOCALS, body);
  }

  get #openTargets(): readonly number[] {
    return this.#targets.filter((target) => target > this.index);
  }

  #spend(steps: number): Code {
    return steps === 0 ? [] : set(LEFT, i32.sub(get(LEFT), i32.const(BigInt(steps))));
  }

  /** Ends the function with `address` as the PC. Around an instruction: the blocks of open targets, loop, block. */
  #leave(address: Code, inside: number): Code {
    return [...set(NEXT, address), ...jump(inside + this.#openTargets.length + 1)];
  }

  #load(): Code {
    const used = new Set([...this.#read, ...this.#written]);
    const registers = [...used].flatMap((n) => set(X0 + n, i64.load(...placeOf(n))));
    const flag = (local: number) => {
      const word = i32.load(NOWHERE, NZCV * CELL_SIZE);
      return set(local, i32.and(i32.shrU(word, i32.const(BigInt(31 - (local - N)))), i32.const(1n)));
    };
    const flags = this.#usesFlags ? [N, Z, C, V].flatMap(flag) : [];
    return [...set(HEAD, i64.load(NOWHERE, PC_CELL * CELL_SIZE)), ...registers, ...flags];
  }

  #store(): Code {
    const registers = [...this.#written].flatMap((n) => {
      const [address, offset] = placeOf(n);
      return i64.store(address, get(X0 + n), offset);
    });
    const bit = (local: number) => i32.shl(get(local), i32.const(BigInt(31 - (local - N))));
    const word = [Z, C, V].map(bit).reduce((all, flag) => i32.or(all, flag), bit(N));
    const flags = this.#usesFlags ? i32.store(NOWHERE, word, NZCV * CELL_SIZE) : [];
    return [...registers, ...flags, ...i64.store(NOWHERE, get(NEXT), PC_CELL * CELL_SIZE)];
  }
}

/** What each even condition means of the flags; odd ones are their opposites. */
const conditions: readonly Code[] = [
  get(Z),
  get(C),
  get(N),
  get(V),
  i32.and(get(C), i32.eqz(get(Z))),
  i32.eq(get(N), get(V)),
  i32.and(i32.eq(get(N), get(V)), i32.eqz(get(Z))),
  i32.const(1n),
];

/** Where register `n` is in the cells: an address, and the bytes from there. */
function placeOf(n: number): readonly [address: Code, offset: number] {
  return n === REGISTER_31 ? [get(SP_ADDRESS), 0] : [NOWHERE, n * CELL_SIZE];
}
