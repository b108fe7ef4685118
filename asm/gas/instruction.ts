/** Instructions: from their text to a word in the section, with what is left to fix up. */
import {
  type AssembledInstruction,
  type AssemblerEnvironment,
  assemble,
  type Fixup as InstructionFixup,
  OperandError,
} from '../a64/assemble.ts';
import { registerNamed } from '../a64/registers.ts';
import type { Assembler } from './assembler.ts';
import { Cursor, StatementError } from './cursor.ts';
import { constant, type Expression, symbolPlus } from './expression.ts';
import { parseExpression } from './expression-parser.ts';
import { fixupTerms, type Patch } from './fixup.ts';
import { NO_FRAG, UNDEFINED } from './frag.ts';
import { isCode } from './mapping.ts';
import { literalOperand } from './pools.ts';
import { isForced, isPcRelative, relocationFor } from './relocation-operators.ts';
import { GasSymbol } from './symbol.ts';

/** Assembles the instruction whose mnemonic is `mnemonic`; the cursor is behind it. */
export function assembleInstruction(asm: Assembler, cursor: Cursor, mnemonic: string, start: number): void {
  if (defineAlias(asm, cursor, mnemonic)) return;
  cursor.skipSpace();
  const base = cursor.at;
  const operands = cursor.text.slice(base, cursor.end);
  enterCode(asm);
  const { environment } = asm;
  environment.begin();
  const literal = literalOperand(asm, mnemonic.toLowerCase(), operands, environment, base);
  let instruction: AssembledInstruction;
  try {
    instruction = assemble(mnemonic, literal?.operands ?? operands, environment);
  } catch (error) {
    if (!(error instanceof OperandError)) throw error;
    const at = error.offset === undefined ? start : base + Math.min(error.offset, operands.length);
    throw new StatementError(error.message, at);
  }
  emit(asm, instruction, environment);
}

/** `name .req register` */
function defineAlias(asm: Assembler, cursor: Cursor, name: string): boolean {
  if (cursor.peekAt(1) !== 0x2e) return false;
  const match = /^\s*\.req\s+(\S+)$/i.exec(cursor.text.slice(cursor.at, cursor.end));
  if (match === null) return false;
  const register = asm.aliases.find(match[1]!) ?? match[1]!.toLowerCase();
  if (registerNamed(register) === undefined) asm.warn(`'${match[1]}' is no register: .req is ignored`);
  else if (registerNamed(name.toLowerCase()) !== undefined) {
    const same = registerNamed(name.toLowerCase())!.number === registerNamed(register)!.number;
    if (!isProcedureName(name) || !same) asm.warn(`'${name}' is a register already: .req is ignored`);
  } else if (!asm.aliases.add(name, register))
    asm.warn(`'${name}' stands for another register already: .req is ignored`);
  return true;
}

/** Names of the procedure call standard, which GNU as has as aliases that may be defined again the same way. */
function isProcedureName(name: string): boolean {
  return /^(ip0|ip1|fp|lr)$/i.test(name);
}

/** Makes ready for an instruction: data before it in a code section are padded to a word. */
function enterCode(asm: Assembler): void {
  const { output } = asm;
  if (output.section.kind !== 'normal')
    throw new StatementError('an instruction cannot be put into the absolute section');
  if (output.section.bss)
    throw new StatementError(`an instruction cannot be put into section '${output.section.name}'`);
  if (isCode(output.section) && output.section.mapState === 'data') output.align(2, undefined, 0);
  output.enterCode();
}

/** Puts out `word` as an instruction (.inst). */
export function emitInstructionWord(asm: Assembler, word: number): void {
  enterCode(asm);
  asm.output.appendInstruction(word);
}

function emit(asm: Assembler, instruction: AssembledInstruction, environment: Environment): void {
  const { word, fixup, warnings } = instruction;
  if (warnings !== undefined) for (const warning of warnings) asm.warn(warning);
  const patch = fixup === undefined ? undefined : patchFor(fixup, word);
  const { section, frag, offset } = asm.output;
  asm.debugLines.instruction(section, frag, offset);
  asm.output.appendInstruction(word);
  if (fixup === undefined || patch === undefined) return;
  const value = typeof fixup.symbolic === 'bigint' ? constant(fixup.symbolic) : (fixup.symbolic as Expression);
  environment.keepSymbols(value);
  asm.output.addFixup({
    ...fixupTerms(value),
    frag,
    where: offset,
    size: 4,
    pcRelative: patch.kind === 'field' && isPcRelative(patch.relocation),
    patch,
    statement: asm.statement,
  });
}

function patchFor(fixup: InstructionFixup, word: number): Patch {
  const relocation = relocationFor(fixup.kind, fixup.operator, word);
  if (typeof relocation === 'string') throw new StatementError(relocation);
  if (relocation === undefined) return { kind: 'immediate', fixup: fixup.kind };
  return { kind: 'field', relocation, forced: isForced(relocation) };
}

/** What the encoder asks of the assembler. Symbols it meets are entered only once the operands have been understood. */
export class Environment implements AssemblerEnvironment {
  readonly #asm: Assembler;
  readonly #new = new Map<string, GasSymbol>();
  #given: { readonly offset: number; readonly expression: Expression } | undefined;

  constructor(asm: Assembler) {
    this.#asm = asm;
  }

  /** Forgets the instruction before. */
  begin(): void {
    this.#given = undefined;
    if (this.#new.size > 0) this.#new.clear();
  }

  /** Whatever is written from `offset` of the operands to their end stands for `expression`. */
  standsFor(offset: number, expression: Expression): void {
    this.#given = { offset, expression };
  }

  parseExpression(text: string, offset: number): { value: { constant: bigint } | { symbolic: unknown }; end: number } {
    if (this.#given?.offset === offset) return { value: { symbolic: this.#given.expression }, end: text.length };
    const cursor = new Cursor(text, offset);
    let expression: Expression;
    try {
      expression = parseExpression(cursor, this);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      throw new OperandError(error.message, error.offset);
    }
    if (expression.op === 'absent') throw new OperandError('expected an expression', offset);
    if (expression.op === 'big') throw new OperandError('a number of more than 64 bits is not allowed here', offset);
    const end = cursor.at;
    if (expression.op === 'constant') return { value: { constant: BigInt.asIntN(64, expression.number) }, end };
    return { value: { symbolic: expression }, end };
  }

  registerAlias(name: string): string | undefined {
    return this.#asm.aliases.size === 0 ? undefined : this.#asm.aliases.find(name);
  }

  allows(feature: Parameters<AssemblerEnvironment['allows']>[0]): boolean {
    return this.#asm.architecture.allows(feature);
  }

  /** Enters the symbols of the operand that was understood. */
  keepSymbols(expression: Expression): void {
    if (this.#new.size === 0) return;
    for (const symbol of [expression.add, expression.sub]) {
      if (symbol === undefined) continue;
      if (symbol.anonymous) this.keepSymbols(symbol.value);
      else if (this.#new.get(symbol.name) === symbol) {
        this.#new.delete(symbol.name);
        this.#asm.symbols.add(symbol);
      }
    }
  }

  symbol(name: string): GasSymbol {
    const found = this.#asm.symbols.find(name) ?? this.#new.get(name);
    if (found !== undefined) return found;
    const made = new GasSymbol(name, UNDEFINED, NO_FRAG, constant(0n));
    this.#new.set(name, made);
    return made;
  }

  numericReference(number: number, direction: 'b' | 'f'): GasSymbol | undefined {
    return this.#asm.symbols.numericReference(number, direction);
  }

  here(): Expression {
    return symbolPlus(this.#asm.placeHere());
  }

  current(symbol: GasSymbol): GasSymbol {
    return this.#asm.current(symbol);
  }

  sectionProperty(property: 'sizeof' | 'startof', name: string): GasSymbol {
    return this.#asm.sectionProperty(property, name);
  }

  warn(message: string): void {
    this.#asm.warn(message);
  }
}
