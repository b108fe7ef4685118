/**
 * Call-frame directives (Using as, "CFI directives"): no call-frame information comes of them, but they are held to their
 * order, since a procedure left open or entered twice is a mistake of the source.
 */
import type { Assembler } from '../assembler.ts';
import { StatementError } from '../cursor.ts';
import type { Subsection } from '../frag.ts';
import type { Statement } from '../statement.ts';
import { type Directive, ignored } from './directive.ts';

interface Procedure {
  readonly start: Statement;
  /** .cfi_remember_state without its .cfi_restore_state so far. */
  remembered: number;
}

/** The procedures that are open, each in a subsection of its own, as in GNU as. */
export class CallFrames {
  readonly #open = new Map<Subsection, Procedure>();

  /** Throws StatementError where the present subsection has no open procedure. */
  current(asm: Assembler): Procedure {
    const procedure = this.#open.get(asm.output.subsection);
    if (procedure === undefined) throw new StatementError('this .cfi directive needs a .cfi_startproc before it');
    return procedure;
  }

  start(asm: Assembler): void {
    if (this.#open.has(asm.output.subsection))
      throw new StatementError('.cfi_startproc in a procedure that no .cfi_endproc has ended');
    this.#open.set(asm.output.subsection, { start: asm.statement, remembered: 0 });
  }

  end(asm: Assembler): void {
    this.current(asm);
    this.#open.delete(asm.output.subsection);
  }

  /** The .cfi_startproc of a procedure that was not ended. */
  get unended(): Statement | undefined {
    for (const { start } of this.#open.values()) return start;
    return undefined;
  }
}

const startProcedure: Directive = (asm) => asm.callFrames.start(asm);
const endProcedure: Directive = (asm, cursor) => {
  asm.callFrames.end(asm);
  cursor.expectEnd();
};

const rememberState: Directive = (asm, cursor) => {
  asm.callFrames.current(asm).remembered++;
  cursor.expectEnd();
};

const restoreState: Directive = (asm, cursor) => {
  const procedure = asm.callFrames.current(asm);
  if (procedure.remembered === 0) throw new StatementError('.cfi_restore_state without .cfi_remember_state');
  procedure.remembered--;
  cursor.expectEnd();
};

const insideProcedure: Directive = (asm) => {
  asm.callFrames.current(asm);
};

const INSIDE = [
  'personality personality_id lsda inline_lsda def_cfa def_cfa_register def_cfa_offset adjust_cfa_offset offset',
  'val_offset rel_offset register restore undefined same_value return_column signal_frame window_save escape',
  'val_encoded_addr fde_data label b_key_frame negate_ra_state',
]
  .join(' ')
  .split(' ');

export const CFI_DIRECTIVES: Readonly<Record<string, Directive>> = {
  cfi_sections: ignored,
  cfi_startproc: startProcedure,
  cfi_endproc: endProcedure,
  cfi_remember_state: rememberState,
  cfi_restore_state: restoreState,
  ...Object.fromEntries(INSIDE.map((name) => [`cfi_${name}`, insideProcedure])),
};
