/** The instruction table, compiled: every row of table/ as an Encoding. */
import { compileRow } from './compile.ts';
import type { Encoding } from './form.ts';
import { atomics } from './table/atomics.ts';
import { branchesSystem } from './table/branches-system.ts';
import { dataProcessingImmediate } from './table/data-processing-immediate.ts';
import { dataProcessingRegister } from './table/data-processing-register.ts';
import { exclusiveOrdered } from './table/exclusive-ordered.ts';
import { loadsStores } from './table/loads-stores.ts';
import { memoryTags } from './table/memory-tags.ts';
import type { Row } from './table/row.ts';
import { simdLoadsStores } from './table/simd-loads-stores.ts';
import { simdMoves } from './table/simd-moves.ts';

export type { Feature } from './features.ts';
export type { BitPattern, DirectedRegister, Encoding, Field, Form, Operand } from './form.ts';
export type { TimingClass } from './timing-class.ts';

const rows: readonly Row[] = [
  ...dataProcessingImmediate,
  ...branchesSystem,
  ...dataProcessingRegister,
  ...exclusiveOrdered,
  ...loadsStores,
  ...memoryTags,
  ...atomics,
  ...simdLoadsStores,
  ...simdMoves,
];

/** Every encoding diagram of the table, in the order of the manual's groups. */
export const encodings: readonly Encoding[] = rows.map(compileRow);
