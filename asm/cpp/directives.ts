/** Directives (C11 6.10.2 to 6.10.7, GNU cpp manual chapters 2, 6 and 8); conditionals are in conditionals.ts. */
import type { Diagnostics } from '../source/diagnostics.ts';
import { type Place, SourceFile } from '../source/source-file.ts';
import { gluedHeaderName } from './builtins.ts';
import type { Conditionals } from './conditionals.ts';
import { DefineLine } from './define-line.ts';
import type { Expander } from './expander.ts';
import { lexedBytes } from './library.ts';
import { LineMarkers } from './line-markers.ts';
import { type Definition, Macro, POISONED, sameDefinition } from './macro.ts';
import type { Part } from './parts.ts';
import type { PpToken } from './pp-token.ts';
import type { Pragmas } from './pragmas.ts';
import { END, type Reader, Reading } from './reader.ts';
import type { Language } from './scanner.ts';
import type { FoundFile, IncludeSearch } from './search.ts';
import { LESS } from './spelling.ts';

/** The deepest nesting of included files, as gcc's default for -fmax-include-depth. */
export const INCLUDE_DEPTH_LIMIT = 200;

export class Directives {
  readonly #reader: Reader;
  readonly #expander: Expander;
  readonly #conditionals: Conditionals;
  readonly #lineMarkers: LineMarkers;
  readonly #pragmas: Pragmas;
  readonly #search: IncludeSearch;
  readonly #diagnostics: Diagnostics;
  readonly #language: Language;

  constructor(
    reader: Reader,
    expander: Expander,
    conditionals: Conditionals,
    pragmas: Pragmas,
    search: IncludeSearch,
    diagnostics: Diagnostics,
    language: Language,
  ) {
    this.#reader = reader;
    this.#expander = expander;
    this.#conditionals = conditionals;
    this.#lineMarkers = new LineMarkers(reader, expander, diagnostics);
    this.#pragmas = pragmas;
    this.#search = search;
    this.#diagnostics = diagnostics;
    this.#language = language;
  }

  /** Runs the directive `part` of the topmost file. Among a macro's arguments it is run as anywhere else. */
  run(part: Part): void {
    const reader = this.#reader;
    const parsingArguments = reader.parsingArguments;
    const preventExpansion = this.#expander.preventExpansion;
    reader.parsingArguments = 0;
    this.#expander.preventExpansion = 0;
    this.#dispatch(reader.reading!, part);
    reader.inDirective = false;
    reader.parsingArguments = parsingArguments;
    this.#expander.preventExpansion = preventExpansion;
  }

  #dispatch(reading: Reading, part: Part): void {
    switch (part.kind) {
      case 'null':
        return;
      case 'define':
        this.#define(reading, part);
        return;
      case 'if':
      case 'ifdef':
      case 'ifndef':
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else':
      case 'endif':
        this.#conditionals.run(part);
        return;
    }
    reading.lexed.lex(part);
    reading.index = part.from;
    reading.to = part.to;
    this.#reader.inDirective = true;
    const included = this.#withLine(reading, part);
    this.#expander.dropContexts();
    reading.index = reading.to;
    this.#reader.inDirective = false;
    if (included !== undefined) this.#reader.open(included);
  }

  /** Runs a directive whose line is there to be read. Returns the file that it includes. */
  #withLine(reading: Reading, part: Part): Reading | undefined {
    switch (part.kind) {
      case 'include':
      case 'include_next':
      case 'import':
        return this.#include(reading, part);
      case 'undef':
        this.#undef(reading, part);
        break;
      case 'line':
      case 'linemarker':
        this.#lineMarkers.run(reading, part);
        break;
      case 'error':
        this.#diagnostics.error(`#error${this.#message()}`, this.#place(reading, part));
        break;
      case 'warning':
        this.#diagnostics.warning(`#warning${this.#message()}`, this.#place(reading, part));
        break;
      case 'pragma':
        this.#pragmas.run(part);
        break;
      case 'ident':
      case 'sccs':
        this.#ident(reading, part);
        break;
      case 'assert':
      case 'unassert':
        this.#diagnostics.error(`#${part.kind} is not supported`, this.#place(reading, part));
        break;
      default:
        this.#unknown(reading, part);
    }
    return undefined;
  }

  #place(reading: Reading, part: Part): Place {
    return { file: reading.file, offset: part.start };
  }

  #warn(message: string, place: Place): void {
    if (this.#reader.reading?.system !== true) this.#diagnostics.warning(message, place);
  }

  #message(): string {
    let text = '';
    for (const token of this.#reader.restOfLine()) text += `${token.spaced ? ' ' : ''}${token.text}`;
    return text;
  }

  #expectEnd(part: Part, token: PpToken): void {
    if (token !== END) this.#warn(`extra tokens at end of #${part.kind} directive`, token);
  }

  #define(reading: Reading, part: Part): void {
    let line = part.meaning as DefineLine | undefined;
    if (line === undefined) {
      line = new DefineLine(reading.lexed, part, reading.file);
      part.meaning = line;
    }
    const known = line.known;
    if (known !== undefined) {
      for (const warning of known.warnings) this.#warn(warning.message, warning.place);
      if (known.fault !== undefined) {
        this.#diagnostics.error(known.fault.message, known.fault.place);
        return;
      }
      if (part.problems !== undefined) this.#reader.onProblems(part);
    }
    const standing = this.#expander.macros[line.id];
    if (standing?.builtin === POISONED) {
      this.#poisoned(line.definition.place, line.definition.name);
      return;
    }
    if (standing !== undefined && standing.line !== line) this.#checkRedefinition(standing, line.definition);
    this.#expander.define(line.id, new Macro(line));
  }

  #poisoned(place: Place, name: string): void {
    this.#diagnostics.error(`attempt to use poisoned '${name}'`, place);
  }

  #checkRedefinition(standing: Macro, definition: Definition): void {
    const message = `'${definition.name}' redefined`;
    const before = standing.line?.definition;
    if (before === undefined) this.#warn(message, definition.place);
    else if (!sameDefinition(before, definition) && this.#reader.reading?.system !== true) {
      const note = { severity: 'note', message: 'this is the location of the previous definition' } as const;
      const notes = [{ ...note, place: before.place }];
      this.#diagnostics.add({ severity: 'warning', message, place: definition.place, notes });
    }
  }

  #undef(reading: Reading, part: Part): void {
    const name = this.#reader.next();
    if (name === END) {
      this.#diagnostics.error('no macro name given in #undef directive', this.#place(reading, part));
      return;
    }
    if (name.kind !== 'identifier' || name.text === 'defined') {
      const message =
        name.text === 'defined' ? "'defined' cannot be used as a macro name" : 'macro names must be identifiers';
      this.#diagnostics.error(message, name);
      return;
    }
    const standing = this.#expander.macros[name.id];
    if (standing?.builtin === POISONED) {
      this.#poisoned(name, name.text);
      return;
    }
    if (standing !== undefined && standing.builtin !== undefined) this.#warn(`undefining '${name.text}'`, name);
    this.#expander.define(name.id, undefined);
    this.#expectEnd(part, this.#reader.next());
  }

  /** The header that an #include names, and its place; undefined (after an error) where it names none. */
  #header(reading: Reading, part: Part): { name: string; angled: boolean; place: Place } | undefined {
    const token = this.#expander.nextToken();
    const first = token.text.charCodeAt(0);
    if (token.kind === 'string' && (first === 34 || first === 60))
      return { name: token.text.slice(1, -1), angled: first === 60, place: token };
    if (token.id === LESS) {
      const name = gluedHeaderName(this.#expander);
      if (name !== undefined) return { name, angled: true, place: token };
      this.#diagnostics.error('missing terminating > character', token);
      return undefined;
    }
    const place = token === END ? this.#place(reading, part) : token;
    this.#diagnostics.error(`#${part.kind} expects "FILENAME" or <FILENAME>`, place);
    return undefined;
  }

  #include(reading: Reading, part: Part): Reading | undefined {
    const header = this.#header(reading, part);
    if (header === undefined) return undefined;
    if (header.name === '') {
      this.#diagnostics.error(`empty filename in #${part.kind}`, header.place);
      return undefined;
    }
    this.#expectEnd(part, this.#expander.nextToken());
    if (reading.level >= INCLUDE_DEPTH_LIMIT) {
      this.#expander.stop(`#include nested more than ${INCLUDE_DEPTH_LIMIT} deep, which is the limit`, header.place);
    }
    const found = this.#find(reading, part, header.name, header.angled);
    if (found === undefined) this.#expander.stop(`${header.name}: no such file in the include path`, header.place);
    return this.#enter(reading, part, found);
  }

  #find(reading: Reading, part: Part, name: string, angled: boolean): FoundFile | undefined {
    if (part.kind === 'include_next') {
      if (reading.outer !== undefined) return this.#search.findNext(name, reading.searchIndex);
      this.#warn('#include_next in primary source file', this.#place(reading, part));
    }
    return this.#search.find(name, angled, reading.file.name, reading.system);
  }

  /** The reading of `found`; undefined where its guard, or #pragma once, says that there is nothing new in it. */
  #enter(reading: Reading, part: Part, found: FoundFile): Reading | undefined {
    const lexed = lexedBytes(found.path, found.bytes, this.#language);
    if (lexed.guard !== 0 && this.#expander.macros[lexed.guard] !== undefined) return undefined;
    if (this.#pragmas.isOnce(lexed)) return undefined;
    if (part.kind === 'import') this.#pragmas.markOnce(lexed);
    const file = new SourceFile(found.path, lexed.source, this.#place(reading, part));
    return new Reading(lexed, file, found.index, found.system, reading.level + 1, reading);
  }

  #ident(reading: Reading, part: Part): void {
    const string = this.#expander.nextToken();
    if (string.kind !== 'string')
      this.#diagnostics.error(`invalid #${part.kind} directive`, this.#place(reading, part));
    else this.#pragmas.pass('ident', [string], this.#place(reading, part));
    this.#expectEnd(part, this.#reader.next());
  }

  #unknown(reading: Reading, part: Part): void {
    const name = this.#reader.next();
    const place = name === END ? this.#place(reading, part) : name;
    this.#diagnostics.error(`invalid preprocessing directive #${name.text}`, place);
  }
}
