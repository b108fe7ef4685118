/** Where the figures of a pipeline model come from. Every row of a model's table has a source. */

export type Source =
  /** A row of the table that insn_bench_aarch64 (Suzuki) measured on the processor, by its section and first column. */
  | {
      readonly kind: 'measured';
      readonly section: string;
      readonly instruction: string;
      readonly note?: string;
    }
  /** A published document or a compiler's description of the pipeline. */
  | {
      readonly kind: 'document';
      readonly document: string;
      readonly place: string;
      readonly note?: string;
    }
  /** Nothing published was found: how the figure was chosen. */
  | { readonly kind: 'estimate'; readonly basis: string };

export function measured(section: string, instruction: string, note?: string): Source {
  return { kind: 'measured', section, instruction, note };
}

/** The description gcc schedules for: gcc/config/arm/cortex-a53.md, by the name of the reservation or bypass. */
export function gcc(place: string, note?: string): Source {
  return { kind: 'document', document: 'gcc cortex-a53.md', place, note };
}

/** The description LLVM schedules for: llvm/lib/Target/AArch64/AArch64SchedA53.td. */
export function llvm(place: string, note?: string): Source {
  return { kind: 'document', document: 'LLVM AArch64SchedA53.td', place, note };
}

/** Cortex-A53 MPCore Technical Reference Manual, Arm DDI 0500. */
export function trm(place: string, note?: string): Source {
  return {
    kind: 'document',
    document: 'Cortex-A53 TRM (DDI 0500)',
    place,
    note,
  };
}

export function estimate(basis: string): Source {
  return { kind: 'estimate', basis };
}

/** A source in words, as docs/timing.md tells it. */
export function describeSource(source: Source): string {
  if (source.kind === 'estimate') return `estimate: ${source.basis}`;
  const note = source.note === undefined ? '' : ` (${source.note})`;
  if (source.kind === 'measured') return `measured: ${source.section}, "${source.instruction}"${note}`;
  return `${source.document}, ${source.place}${note}`;
}
