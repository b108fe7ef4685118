/** All directives by name, without their dot. */
import { CFI_DIRECTIVES } from './cfi.ts';
import { CONDITIONAL_DIRECTIVES } from './conditional.ts';
import { DATA_DIRECTIVES } from './data.ts';
import { DEBUG_DIRECTIVES } from './debug.ts';
import type { Directive } from './directive.ts';
import { LAYOUT_DIRECTIVES } from './layout.ts';
import { MACRO_DIRECTIVES } from './macros.ts';
import { OTHER_DIRECTIVES } from './other.ts';
import { SECTION_DIRECTIVES } from './sections.ts';
import { SYMBOL_DIRECTIVES } from './symbols.ts';

export const DIRECTIVES: ReadonlyMap<string, Directive> = new Map(
  [
    CFI_DIRECTIVES,
    CONDITIONAL_DIRECTIVES,
    DATA_DIRECTIVES,
    DEBUG_DIRECTIVES,
    LAYOUT_DIRECTIVES,
    MACRO_DIRECTIVES,
    OTHER_DIRECTIVES,
    SECTION_DIRECTIVES,
    SYMBOL_DIRECTIVES,
  ].flatMap((table) => Object.entries(table)),
);
