/** Conditional inclusion (C11 6.10.1): which groups of a file are read. */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import { ConditionFault, type ConditionValue, evaluateCondition } from './condition.ts';
import type { Expander } from './expander.ts';
import { POISONED } from './macro.ts';
import type { Part } from './parts.ts';
import { END, type Reader, type Reading } from './reader.ts';
import { CLOSE_PAREN, DEFINED, NOT, OPEN_PAREN } from './spelling.ts';

const FALSE: ConditionValue = { value: 0n, unsigned: false };

export class Conditionals {
  readonly #reader: Reader;
  readonly #expander: Expander;
  readonly #diagnostics: Diagnostics;
  readonly #warn: (message: string, place: Place) => void;

  constructor(
    reader: Reader,
    expander: Expander,
    diagnostics: Diagnostics,
    warn: (message: string, place: Place) => void,
  ) {
    this.#reader = reader;
    this.#expander = expander;
    this.#diagnostics = diagnostics;
    this.#warn = warn;
  }

  /** Runs `part`, a directive of a conditional in a group that is read. */
  run(part: Part): void {
    const reading = this.#reader.reading!;
    switch (part.kind) {
      case 'if':
      case 'ifdef':
      case 'ifndef':
        if (!this.#open(reading, part, false)) this.#skipGroup(reading);
        return;
      case 'endif':
        this.#close(reading, part);
        return;
      default:
        if (this.#elseAllowed(reading, part)) this.#skipGroup(reading);
    }
  }

  /** Reports the conditionals that are open at the end of a file. */
  end(reading: Reading): void {
    // A comment without end has swallowed the #endif.
    if (reading.lexed.unterminatedComment >= 0) return;
    for (const conditional of reading.conditionals.toReversed())
      this.#error(`unterminated #${conditional.opened.kind}`, conditional.opened);
  }

  /** The value of the #if or #elif `part`, whose line is to be read. */
  evaluate(part: Part): ConditionValue {
    const expander = this.#expander;
    const errors = this.#diagnostics.errorCount;
    try {
      return conditionValue(expander, this.#warn);
    } catch (fault) {
      if (!(fault instanceof ConditionFault)) throw fault;
      // What an operator like __has_include has reported already leaves nonsense behind.
      if (this.#diagnostics.errorCount > errors) return FALSE;
      const message = fault.message.replace(/#if\b/, `#${part.kind}`);
      const place = fault.place === END ? undefined : fault.place;
      this.#diagnostics.error(message, place ?? this.#place(part));
      return FALSE;
    } finally {
      expander.dropContexts();
    }
  }

  #place(part: Part): Place {
    return { file: this.#reader.reading!.file, offset: part.start };
  }

  #error(message: string, part: Part): void {
    this.#diagnostics.error(message, this.#place(part));
  }

  /** Begins a conditional. `skipped`: it stands in a group that is left out. Returns whether its group is read. */
  #open(reading: Reading, part: Part, skipped: boolean): boolean {
    const guard = !skipped && part === reading.lexed.first ? this.#guardName(reading, part) : 0;
    const holds = !skipped && this.#holds(reading, part);
    reading.conditionals.push({ opened: part, taken: skipped || holds, elseSeen: undefined, guard });
    return holds;
  }

  #close(reading: Reading, part: Part): void {
    const conditional = reading.conditionals.pop();
    if (conditional === undefined) {
      this.#error('#endif without #if', part);
      return;
    }
    this.#expectEnd(reading, part);
    if (conditional.guard !== 0 && reading.lexed.skip(part).kind === 'end') reading.lexed.guard = conditional.guard;
  }

  /** Checks that `part`, an #else or #elif, may stand there. */
  #elseAllowed(reading: Reading, part: Part): boolean {
    const conditional = reading.conditionals[reading.conditionals.length - 1];
    if (conditional === undefined) {
      this.#error(`#${part.kind} without #if`, part);
      return false;
    }
    conditional.guard = 0;
    if (conditional.elseSeen !== undefined)
      this.#diagnostics.error(`#${part.kind} after #else`, this.#place(part), [
        { severity: 'note', message: 'the #else is here', place: this.#place(conditional.elseSeen) },
      ]);
    if (part.kind === 'else') {
      conditional.elseSeen = part;
      this.#expectEnd(reading, part);
    }
    return true;
  }

  /** Passes over parts until a group is to be read: the reading is then at the directive before it. */
  #skipGroup(reading: Reading): void {
    const depth = reading.conditionals.length;
    let part = reading.part!;
    for (;;) {
      const next = reading.lexed.skip(part);
      // The end of the file is left to the reader, which tells what is open there.
      if (next.kind === 'end') break;
      part = next;
      reading.part = part;
      if (this.#branches(reading, part, depth)) break;
    }
    reading.index = 0;
    reading.to = 0;
  }

  /** In a group left out: whether `part` begins one that is read, or ends the conditional at `depth`. */
  #branches(reading: Reading, part: Part, depth: number): boolean {
    switch (part.kind) {
      case 'if':
      case 'ifdef':
      case 'ifndef':
        this.#open(reading, part, true);
        return false;
      case 'endif':
        this.#close(reading, part);
        return reading.conditionals.length < depth;
      case 'else':
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        if (!this.#elseAllowed(reading, part)) return false;
        const conditional = reading.conditionals[reading.conditionals.length - 1]!;
        if (conditional.taken) return false;
        conditional.taken = part.kind === 'else' || this.#holds(reading, part);
        return conditional.taken;
      }
      default:
        return false;
    }
  }

  #holds(reading: Reading, part: Part): boolean {
    reading.lexed.lex(part);
    switch (part.kind) {
      case 'if':
      case 'elif':
        return this.#inLine(reading, part, () => this.evaluate(part).value !== 0n);
      case 'ifdef':
      case 'elifdef':
        return this.#isDefined(reading, part) === true;
      default:
        return this.#isDefined(reading, part) === false;
    }
  }

  /** Runs `body` with the tokens of the line of `part` to read. */
  #inLine<T>(reading: Reading, part: Part, body: () => T): T {
    const was = this.#reader.inDirective;
    this.#reader.inDirective = true;
    reading.index = part.from;
    reading.to = part.to;
    const result = body();
    reading.index = reading.to;
    this.#reader.inDirective = was;
    return result;
  }

  /** Whether the macro that an #ifdef or its like names is defined; undefined where it names none. */
  #isDefined(reading: Reading, part: Part): boolean | undefined {
    return this.#inLine(reading, part, () => {
      const name = this.#reader.next();
      if (name === END) this.#error(`no macro name given in #${part.kind} directive`, part);
      else if (name.kind !== 'identifier') this.#diagnostics.error('macro names must be identifiers', name);
      else {
        if (this.#expander.macros[name.id]?.builtin === POISONED) {
          this.#diagnostics.error(`attempt to use poisoned '${name.text}'`, name);
          return false;
        }
        const extra = this.#reader.next();
        if (extra !== END) this.#warn(`extra tokens at end of #${part.kind} directive`, extra);
        return this.#expander.macros[name.id] !== undefined;
      }
      return undefined;
    });
  }

  #expectEnd(reading: Reading, part: Part): void {
    reading.lexed.lex(part);
    if (part.to > part.from)
      this.#warn(`extra tokens at end of #${part.kind} directive`, {
        file: reading.file,
        offset: reading.lexed.offsets[part.from]!,
      });
  }

  /** The macro of `#ifndef NAME`, `#if !defined NAME` or `#if !defined(NAME)`; 0 for anything else. */
  #guardName(reading: Reading, part: Part): number {
    const lexed = reading.lexed;
    lexed.lex(part);
    const ids: number[] = [];
    for (let i = part.from; i < part.to; i++) ids.push(lexed.spellingOf(i));
    if (part.kind === 'ifndef') return ids.length === 1 ? ids[0]! : 0;
    if (part.kind !== 'if' || ids[0] !== NOT || ids[1] !== DEFINED) return 0;
    if (ids.length === 3) return ids[2]!;
    return ids.length === 5 && ids[2] === OPEN_PAREN && ids[4] === CLOSE_PAREN ? ids[3]! : 0;
  }
}

/** The value of the expression that `expander` gives, to its end. Throws ConditionFault; a place END is that end. */
export function conditionValue(expander: Expander, warn: (message: string, place: Place) => void): ConditionValue {
  return evaluateCondition({
    next: () => expander.nextToken(),
    defined: () => definedOperand(expander),
    warn,
  });
}

/** The operand of `defined`, a name or one in parentheses: whether it is a macro. */
function definedOperand(expander: Expander): boolean {
  expander.preventExpansion++;
  let name = expander.nextToken();
  const parenthesised = name.id === OPEN_PAREN;
  if (parenthesised) name = expander.nextToken();
  const close = parenthesised && name.kind === 'identifier' ? expander.nextToken() : undefined;
  expander.preventExpansion--;
  if (name.kind !== 'identifier') throw new ConditionFault("operator 'defined' requires an identifier", name);
  if (close !== undefined && close.id !== CLOSE_PAREN) throw new ConditionFault("missing ')' after 'defined'", name);
  return expander.macros[name.id] !== undefined;
}
