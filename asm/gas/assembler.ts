/**
 * The assembler: reads statements, carries out directives and macros, and hands instructions to the encoder.
 *
 * It is one pass over the text that fills fragments (output.ts), then layout and the fixing up of what was not known
 * (finish.ts). Source: Using as (GNU Binutils 2.40).
 */
import type { RelocationKind } from '../elf/relocations.ts';
import type { Diagnostics } from '../source/diagnostics.ts';
import { besideFile, decodeText, type FileReader, joinPath } from '../source/files.ts';
import { type MappedText, SourceFile, wholeFile } from '../source/source-file.ts';
import { ArchitectureState } from './architecture.ts';
import { Conditionals } from './conditionals.ts';
import { Cursor, isDigit, isNameStart, StatementError } from './cursor.ts';
import { DebugLines } from './debug-lines.ts';
import { containsDeferred, DOT, withoutDeferred } from './deferred.ts';
import { assignSymbol, defineLabel } from './define.ts';
import { CallFrames } from './directives/cfi.ts';
import { DIRECTIVES } from './directives/table.ts';
import { Evaluator } from './evaluate.ts';
import { constant, type Expression, signed64, symbolPlus } from './expression.ts';
import { type ExpressionMode, type ExpressionScope, parseExpression } from './expression-parser.ts';
import { ABSOLUTE } from './frag.ts';
import { Input } from './input.ts';
import { assembleInstruction, Environment } from './instruction.ts';
import { Macros } from './macros.ts';
import { Output } from './output.ts';
import type { PoolOwner } from './pools.ts';
import { RegisterAliases } from './register-aliases.ts';
import { scrub } from './scrub.ts';
import type { Statement } from './statement.ts';
import { type GasSymbol, placeSymbol, SymbolTable } from './symbol.ts';

/** `.symver symbol, name, after` */
export interface VersionRequest {
  readonly symbol: GasSymbol;
  readonly name: string;
  /** 'local', 'hidden' or 'remove': what becomes of the symbol's own name. */
  readonly after: string | undefined;
  readonly statement: Statement;
}

/** `.reloc offset, relocation, value` */
export interface RelocationRequest {
  readonly offset: GasSymbol;
  readonly relocation: RelocationKind;
  readonly value: Expression | undefined;
  readonly statement: Statement;
}

export interface AssemblerOptions {
  /** Name of the source file, for the line table and messages. */
  readonly file: string;
  readonly diagnostics: Diagnostics;
  /** For .include and .incbin. */
  readonly files: FileReader;
  readonly includeDirs?: readonly string[];
  readonly bigEndian?: boolean;
  /** As after -march=: `armv8.2-a+crypto`; armv8-a where it is left out. */
  readonly march?: string;
  /** Line tables and the DWARF sections that hold them, as with -g. */
  readonly debug?: boolean;
  /** The folder the assembler runs in, for the debug information. */
  readonly directory?: string;
}

/** Raised by .end and .abort: nothing after them is read. */
class EndOfSource extends Error {}

export class Assembler implements ExpressionScope {
  readonly options: AssemblerOptions;
  readonly diagnostics: Diagnostics;
  readonly symbols = new SymbolTable();
  readonly output = new Output(this.symbols);
  readonly input = new Input();
  readonly conditionals = new Conditionals();
  readonly macros = new Macros(this);
  readonly aliases = new RegisterAliases();
  readonly architecture: ArchitectureState;
  /** What the encoder asks. */
  readonly environment = new Environment(this);
  /** Subsections that have had a literal pool, in the order of their first. */
  readonly poolOwners: PoolOwner[] = [];
  /** What .symver asked for. */
  readonly versions: VersionRequest[] = [];
  /** What .reloc asked for. */
  readonly relocations: RelocationRequest[] = [];
  /** What .loc asked for, and the names .file gave numbers to. */
  readonly debugLines = new DebugLines();
  /** The procedures of .cfi_startproc. */
  readonly callFrames = new CallFrames();
  /** `%S` in the name of a section stands for the name of the present one (--sectname-subst). */
  readonly substituteSectionNames: boolean = false;
  /** The name .file gave, for the symbol table. */
  fileSymbol: string | undefined;
  /** The statement being assembled. */
  statement!: Statement;

  constructor(options: AssemblerOptions) {
    this.options = options;
    this.diagnostics = options.diagnostics;
    this.architecture = new ArchitectureState(options.march);
    if (this.architecture.fault !== undefined) this.diagnostics.error(this.architecture.fault);
  }

  get bigEndian(): boolean {
    return this.options.bigEndian ?? false;
  }

  /** Reads `text` to its end. Faults are collected in the diagnostics. */
  read(text: MappedText): void {
    this.input.pushFile(scrub(text, this.diagnostics));
    try {
      while (this.input.top !== undefined) {
        const statement = this.input.nextStatement();
        if (statement === undefined) this.macros.leaveText();
        else this.#assemble(statement);
        if (this.input.statementLimit !== undefined) {
          this.error(this.input.statementLimit);
          this.stop();
        }
      }
    } catch (error) {
      if (!(error instanceof EndOfSource)) throw error;
      this.input.clear();
    }
    const open = this.conditionals.dropFrom(0);
    if (open !== undefined) this.diagnostics.error('.if without .endif', open.place());
    const { unended } = this.callFrames;
    if (unended !== undefined) this.diagnostics.error('.cfi_startproc without .cfi_endproc', unended.place());
  }

  /** Reads no further. */
  stop(): never {
    throw new EndOfSource();
  }

  // --- Messages -----------------------------------------------------------------------------------------------------

  error(message: string, offset?: number): void {
    this.diagnostics.error(message, this.statement.place(offset));
  }

  warn(message: string, offset?: number): void {
    this.diagnostics.warning(message, this.statement.place(offset));
  }

  // --- Statements ---------------------------------------------------------------------------------------------------

  #assemble(statement: Statement): void {
    this.statement = statement;
    this.output.statement = statement;
    const cursor = new Cursor(statement.source.text, statement.start, statement.end);
    try {
      this.#statement(cursor);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      this.error(error.message, error.offset);
    }
  }

  /** Labels, then one assignment, directive, macro use or instruction. */
  #statement(cursor: Cursor): void {
    for (;;) {
      cursor.skipSpace();
      if (cursor.at >= cursor.end) return;
      const c = cursor.peek();
      if (this.conditionals.ignoring) {
        if (c === 0x2e) this.#ignoredDirective(cursor);
        return;
      }
      if (isDigit(c) && this.#numericLabel(cursor)) continue;
      if (!isNameStart(c) && c !== 0x22) this.#unexpected(cursor);
      const start = cursor.at;
      const name = cursor.name()!;
      if (cursor.peek() === 0x3a) {
        cursor.at++;
        defineLabel(this, name, start);
        continue;
      }
      if (!this.#assignment(cursor, name)) this.#operation(cursor, name, start);
      return;
    }
  }

  #unexpected(cursor: Cursor): never {
    const c = String.fromCodePoint(cursor.text.codePointAt(cursor.at)!);
    throw cursor.fault(`expected a label, a directive or an instruction, found '${c}'`);
  }

  /** In a block that is passed over only conditionals count. */
  #ignoredDirective(cursor: Cursor): void {
    const name = cursor.name()!.slice(1).toLowerCase();
    if (!/^(if|else|endif|endc)/.test(name)) return;
    const directive = DIRECTIVES.get(name);
    if (directive === undefined) return;
    cursor.skipSpace();
    directive(this, cursor, name);
  }

  /** `4:` */
  #numericLabel(cursor: Cursor): boolean {
    let end = cursor.at;
    while (end < cursor.end && isDigit(cursor.text.charCodeAt(end))) end++;
    if (cursor.text.charCodeAt(end) !== 0x3a || end >= cursor.end) return false;
    const number = Number(cursor.text.slice(cursor.at, end));
    if (number > 0x7fffffff) throw cursor.fault('a numeric label must be below 2147483648');
    const start = cursor.at;
    cursor.at = end + 1;
    defineLabel(this, this.symbols.newNumericName(number), start);
    return true;
  }

  /** `name = value` and `name == value` */
  #assignment(cursor: Cursor, name: string): boolean {
    const space = cursor.peek() === 0x20 ? 1 : 0;
    if (cursor.peekAt(space) !== 0x3d) return false;
    const deferred = cursor.peekAt(space + 1) === 0x3d;
    cursor.at += space + (deferred ? 2 : 1);
    cursor.skipSpace();
    assignSymbol(this, cursor, name, deferred ? 'deferred' : 'variable');
    cursor.expectEnd();
    return true;
  }

  #operation(cursor: Cursor, written: string, start: number): void {
    const name = written.toLowerCase();
    if (name.charCodeAt(0) === 0x2e) {
      const directive = DIRECTIVES.get(name.slice(1));
      if (directive !== undefined) {
        cursor.skipSpace();
        directive(this, cursor, name.slice(1));
        return;
      }
      if (this.macros.use(cursor, name)) return;
      throw cursor.fault(`unknown directive '${name}'`, start);
    }
    if (this.macros.use(cursor, name)) return;
    assembleInstruction(this, cursor, written, start);
  }

  // --- Files --------------------------------------------------------------------------------------------------------

  /** The bytes of a file .include or .incbin names: as it is, then in the include folders. */
  readFile(name: string): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    const folders = this.options.includeDirs ?? [];
    for (const path of [
      name,
      ...folders.map((folder) => joinPath(folder, name)),
      besideFile(this.options.file, name),
    ]) {
      const bytes = this.options.files.read(path);
      if (bytes !== undefined) return { path, bytes };
    }
    return undefined;
  }

  include(name: string): void {
    const file = this.readFile(name);
    if (file === undefined) throw new StatementError(`cannot read the included file '${name}'`);
    const source = new SourceFile(file.path, decodeText(file.bytes), this.statement.place());
    const limit = this.input.pushFile(scrub(wholeFile(source), this.diagnostics));
    if (limit === undefined) return;
    this.diagnostics.error(limit, this.statement.place());
    this.stop();
  }

  // --- Expressions --------------------------------------------------------------------------------------------------

  symbol(name: string): GasSymbol {
    return this.symbols.findOrMake(name);
  }

  numericReference(number: number, direction: 'b' | 'f'): GasSymbol | undefined {
    return this.symbols.numericReference(number, direction);
  }

  here(mode: ExpressionMode): Expression {
    if (this.output.section === ABSOLUTE) return constant(this.output.absoluteOffset);
    return symbolPlus(mode === 'defer' ? DOT : this.placeHere());
  }

  placeHere(): GasSymbol {
    return placeSymbol(this.output.section, this.output.frag, this.output.offset);
  }

  current(symbol: GasSymbol): GasSymbol {
    return containsDeferred(symbol) ? withoutDeferred(symbol, this) : symbol;
  }

  sectionProperty(property: 'sizeof' | 'startof', name: string): GasSymbol {
    return this.symbols.findOrMake(`.${property}.${name}`);
  }

  expression(cursor: Cursor): Expression {
    return parseExpression(cursor, this);
  }

  /** An expression whose value is known now; 0 where none is written. Throws StatementError where it is not known. */
  absolute(cursor: Cursor): bigint {
    const start = cursor.at;
    const value = this.absoluteOrUndefined(parseExpression(cursor, this));
    if (value === undefined) throw cursor.fault('the value of this expression is not known here', start);
    return value;
  }

  absoluteOrUndefined(expression: Expression): bigint | undefined {
    if (expression.op === 'constant' || expression.op === 'absent') return signed64(expression);
    const value = new Evaluator(false).expression(expression);
    return value?.section === ABSOLUTE ? value.number : undefined;
  }
}
