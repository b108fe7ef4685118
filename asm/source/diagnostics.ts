/**
 * Diagnostics in the GNU form: `file:line:column: error: message`, the source line with a caret, then one note for
 * each macro use and include that led there (GNU coding standards, "Formatting Error Messages").
 */
import { type Place, positionOf } from './source-file.ts';

export type Severity = 'error' | 'warning' | 'note';

export interface Diagnostic {
  readonly severity: Severity;
  readonly message: string;
  /** Left out where the fault has no place in a source file (a file that cannot be read, a command line). */
  readonly place?: Place;
  readonly notes?: readonly Diagnostic[];
}

/** A fault in the user's input. It carries the whole diagnostic; no caller needs its stack. */
export class SourceError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(message: string, place?: Place, notes?: readonly Diagnostic[]) {
    super(message);
    this.name = 'SourceError';
    this.diagnostic = { severity: 'error', message, place, notes };
  }
}

/** Several faults found in one go (an assembler reads on after an error). */
export class SourceErrors extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('\n'));
    this.name = 'SourceErrors';
    this.diagnostics = diagnostics;
  }
}

/** Collects diagnostics of one run of a stage. At `limit` errors it stops the stage: more would only bury the first. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  readonly limit: number;
  #errors = 0;

  constructor(limit = 50) {
    this.limit = limit;
  }

  get errorCount(): number {
    return this.#errors;
  }

  error(message: string, place?: Place, notes?: readonly Diagnostic[]): void {
    this.add({ severity: 'error', message, place, notes });
  }

  warning(message: string, place?: Place): void {
    this.add({ severity: 'warning', message, place });
  }

  add(diagnostic: Diagnostic): void {
    this.list.push(diagnostic);
    if (diagnostic.severity !== 'error') return;
    this.#errors++;
    if (this.#errors >= this.limit) {
      this.list.push({
        severity: 'note',
        message: `stopped after ${this.limit} errors`,
      });
      throw new SourceErrors(this.list);
    }
  }

  /** Throws SourceErrors where any error was collected; warnings alone do not throw. */
  throwIfErrors(): void {
    if (this.#errors > 0) throw new SourceErrors(this.list);
  }
}

/** The diagnostic or diagnostics that `error` carries, or undefined where it is no fault of the user's input. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] | undefined {
  if (error instanceof SourceError) return [error.diagnostic];
  if (error instanceof SourceErrors) return error.diagnostics;
  return undefined;
}

/** A note of the chain outwards from a place: the macro uses first, then the includes. */
function chainOf(place: Place): Diagnostic[] {
  const chain: Diagnostic[] = [];
  let at: Place = place;
  while (at.use !== undefined) {
    const what = at.use.kind === 'repeat' ? `in a round of ${at.use.name}` : `in expansion of macro '${at.use.name}'`;
    at = at.use.at;
    chain.push({
      severity: 'note',
      message: what,
      place: { file: at.file, offset: at.offset },
    });
  }
  for (let from = at.file.includedFrom; from !== undefined; from = from.file.includedFrom) {
    chain.push({
      severity: 'note',
      message: 'included from here',
      place: { file: from.file, offset: from.offset },
    });
  }
  return chain;
}

/** How many notes of a long chain are shown at each end: an endless recursion must not print thousands of lines. */
const CHAIN_SHOWN = 4;

function shortened(chain: Diagnostic[]): Diagnostic[] {
  if (chain.length <= 2 * CHAIN_SHOWN + 1) return chain;
  const left = chain.length - 2 * CHAIN_SHOWN;
  const gap: Diagnostic = {
    severity: 'note',
    message: `(${left} more of the chain left out)`,
  };
  return [...chain.slice(0, CHAIN_SHOWN), gap, ...chain.slice(-CHAIN_SHOWN)];
}

function header(diagnostic: Diagnostic): string {
  const text = `${diagnostic.severity}: ${printable(diagnostic.message)}`;
  if (diagnostic.place === undefined) return text;
  const { name, line, column } = positionOf(diagnostic.place);
  return `${name}:${line}:${column}: ${text}`;
}

/** `text` with a mark for each control character but tabs and newlines: what a binary file says to a terminal is not obeyed. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}

function excerpt(place: Place): string[] {
  const line = place.file.lineOf(place.offset);
  const text = place.file.lineText(line);
  if (text.trim() === '' || text.length > 500) return [];
  const column = place.offset - place.file.lineStarts[line - 1]!;
  const margin = String(positionOf(place).line);
  // Tabs are kept in the caret line, so that the caret stands under its column whatever the tab width.
  const indent = text.slice(0, column).replace(/[^\t]/g, ' ');
  return [`  ${margin} | ${printable(text)}`, `  ${' '.repeat(margin.length)} | ${indent}^`];
}

/**
 * A diagnostic as printed: its one `file:line:column: error:` line, the source line with a caret, and the chain.
 * Lines are joined by newlines, without a last one.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const lines = [header(diagnostic)];
  if (diagnostic.place !== undefined) lines.push(...excerpt(diagnostic.place));
  for (const note of diagnostic.notes ?? []) lines.push(header(note));
  if (diagnostic.place !== undefined) lines.push(...shortened(chainOf(diagnostic.place)).map(header));
  return lines.join('\n');
}
