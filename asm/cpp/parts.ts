/** The parts a file is cut into: its directives, and the lines between them. */
/** What a part of a file is: the names of the directives, or one of these. */
export type PartKind = DirectiveName | 'text' | 'null' | 'linemarker' | 'unknown' | 'end';

export type DirectiveName =
  | 'define'
  | 'undef'
  | 'include'
  | 'include_next'
  | 'import'
  | 'if'
  | 'ifdef'
  | 'ifndef'
  | 'elif'
  | 'elifdef'
  | 'elifndef'
  | 'else'
  | 'endif'
  | 'line'
  | 'error'
  | 'warning'
  | 'pragma'
  | 'ident'
  | 'sccs'
  | 'assert'
  | 'unassert';

/** The directives by the spelling of their name. */
export const DIRECTIVES: ReadonlyMap<string, DirectiveName> = new Map(
  (
    [
      'define undef include include_next import if ifdef ifndef elif elifdef elifndef',
      'else endif line error warning pragma ident sccs assert unassert',
    ]
      .join(' ')
      .split(' ') as DirectiveName[]
  ).map((name) => [name, name]),
);

/** One directive, or the lines between two of them. */
export class Part {
  readonly kind: PartKind;
  /** Of a directive, the offset of its `#`; of text, that of its first token. */
  readonly start: number;
  /** Where the tokens begin: of a directive, after its name. */
  readonly body: number;
  /** White space stands before it on its line. */
  readonly spaced: boolean;
  /** The part after it; undefined where it has not been looked for. */
  next: Part | undefined = undefined;
  /** Its tokens are those from `from` up to `to`; -1 while it is not lexed. */
  from = -1;
  to = -1;
  /** What lexing had to complain about. */
  problems: { readonly offset: number; readonly message: string }[] | undefined = undefined;
  /** Of a #define, what it says: kept for the next run. */
  meaning: object | undefined = undefined;
  /** Where the next line begins, if that is known before the part is lexed; else -1. */
  end = -1;

  constructor(kind: PartKind, start: number, body: number, spaced: boolean) {
    this.kind = kind;
    this.start = start;
    this.body = body;
    this.spaced = spaced;
  }
}
