/** The keywords of GNU C that begin or continue declaration specifiers (C11 6.7, GCC manual "Alternate Keywords"). */

export type Keyword =
  | 'typedef'
  | 'extern'
  | 'static'
  | 'auto'
  | 'register'
  | 'thread'
  | 'inline'
  | 'noreturn'
  | 'const'
  | 'volatile'
  | 'restrict'
  | 'atomic'
  | 'void'
  | 'bool'
  | 'char'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'signed'
  | 'unsigned'
  | 'complex'
  | 'int128'
  | 'named float'
  | 'struct'
  | 'union'
  | 'enum'
  | 'typeof'
  | 'auto type'
  | 'alignas'
  | 'attribute'
  | 'extension'
  | 'static assert';

export const SPECIFIER_KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ['typedef', 'typedef'],
  ['extern', 'extern'],
  ['static', 'static'],
  ['auto', 'auto'],
  ['register', 'register'],
  ['_Thread_local', 'thread'],
  ['__thread', 'thread'],
  ['inline', 'inline'],
  ['__inline', 'inline'],
  ['__inline__', 'inline'],
  ['_Noreturn', 'noreturn'],
  ['const', 'const'],
  ['__const', 'const'],
  ['__const__', 'const'],
  ['volatile', 'volatile'],
  ['__volatile', 'volatile'],
  ['__volatile__', 'volatile'],
  ['restrict', 'restrict'],
  ['__restrict', 'restrict'],
  ['__restrict__', 'restrict'],
  ['_Atomic', 'atomic'],
  ['void', 'void'],
  ['_Bool', 'bool'],
  ['char', 'char'],
  ['short', 'short'],
  ['int', 'int'],
  ['long', 'long'],
  ['float', 'float'],
  ['double', 'double'],
  ['signed', 'signed'],
  ['__signed', 'signed'],
  ['__signed__', 'signed'],
  ['unsigned', 'unsigned'],
  ['_Complex', 'complex'],
  ['__complex', 'complex'],
  ['__complex__', 'complex'],
  ['__int128', 'int128'],
  ['_Float16', 'named float'],
  ['__fp16', 'named float'],
  ['__bf16', 'named float'],
  ['_Float32', 'named float'],
  ['_Float64', 'named float'],
  ['_Float128', 'named float'],
  ['_Float32x', 'named float'],
  ['_Float64x', 'named float'],
  ['struct', 'struct'],
  ['union', 'union'],
  ['enum', 'enum'],
  ['typeof', 'typeof'],
  ['__typeof', 'typeof'],
  ['__typeof__', 'typeof'],
  ['__auto_type', 'auto type'],
  ['_Alignas', 'alignas'],
  ['__attribute__', 'attribute'],
  ['__attribute', 'attribute'],
  ['__extension__', 'extension'],
  ['_Static_assert', 'static assert'],
]);

/** The spellings of `asm`. */
export function isAsmKeyword(text: string): boolean {
  return text === 'asm' || text === '__asm__' || text === '__asm';
}
