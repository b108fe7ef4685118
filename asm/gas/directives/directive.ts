/** What a directive is. */
import type { Assembler } from '../assembler.ts';
import type { Cursor } from '../cursor.ts';

/** Carries out a directive; the cursor is behind its name and white space. Faults are thrown as StatementError. */
export type Directive = (asm: Assembler, cursor: Cursor, name: string) => void;

/** Reads nothing and does nothing: listing control and the like. */
export const ignored: Directive = () => {};
