/** Where the body of a macro or of a repetition ends: nested definitions and blocks are stepped over. */
import { isNamePart, isNameStart, skipSpace } from './cursor.ts';
import { statementEnd } from './statement.ts';

export interface Block {
  /** Where the body ends in the text, and where the statement after the closing directive begins. */
  readonly bodyEnd: number;
  readonly next: number;
}

const OPENS_REPETITION = new Set(['rept', 'rep', 'irp', 'irpc', 'irep', 'irepc']);

/** Finds the .endm (or .endr) that closes the block whose body begins at `from`; undefined where there is none. */
export function findBlock(text: string, from: number, kind: 'macro' | 'repetition'): Block | undefined {
  let depth = 1;
  for (let at = from; at < text.length; ) {
    const end = statementEnd(text, at);
    const line = skipLabels(text, at, end);
    const directive = directiveAt(text, line, end);
    if (directive !== undefined) {
      const opens = kind === 'macro' ? directive === 'macro' : OPENS_REPETITION.has(directive);
      if (opens) depth++;
      else if (directive === (kind === 'macro' ? 'endm' : 'endr')) {
        depth--;
        if (depth === 0) return { bodyEnd: line, next: end + 1 };
      }
    }
    at = end + 1;
  }
  return undefined;
}

/** The offset behind the labels a statement begins with, or `at` where it begins with none. */
function skipLabels(text: string, at: number, end: number): number {
  let line = at;
  for (;;) {
    let next = skipSpace(text, line, end);
    if (next >= end || !isNameStart(text.charCodeAt(next))) return line;
    next++;
    while (next < end && isNamePart(text.charCodeAt(next))) next++;
    next = skipSpace(text, next, end);
    if (next >= end || text.charCodeAt(next) !== 0x3a) return line;
    line = next + 1;
  }
}

/** The name of the directive at `at`, lower case and without its dot. */
function directiveAt(text: string, at: number, end: number): string | undefined {
  const dot = skipSpace(text, at, end);
  if (dot >= end || text.charCodeAt(dot) !== 0x2e) return undefined;
  let next = dot + 1;
  while (next < end && isNamePart(text.charCodeAt(next))) next++;
  return next - dot > 8 ? undefined : text.slice(dot + 1, next).toLowerCase();
}
