/**
 * What is translated at once: a run of instructions in one page, from where control enters it up to the first that has no
 * rule or that control does not pass. Branches inside it, forwards and back to its first instruction, stay inside.
 */
import { fieldsOf } from '../../../asm/a64/compile.ts';
import { decode, type Instruction } from '../../../asm/a64/decode.ts';
import type { Encoding } from '../../../asm/a64/encoding.ts';
import type { Fields } from '../../../asm/a64/table/row.ts';
import { branches } from './branches.ts';
import { dataProcessingImmediate } from './data-processing-immediate.ts';
import { dataProcessingRegister } from './data-processing-register.ts';
import { Emitter } from './emitter.ts';
import { multiplyDivide } from './multiply-divide.ts';
import type { Rule, RuleTable } from './rule.ts';
import { block, type Code } from './wasm.ts';

const tables: readonly RuleTable[] = [dataProcessingImmediate, dataProcessingRegister, multiplyDivide, branches];

/** The rules by Encoding.name. */
export const rules: ReadonlyMap<string, Rule> = new Map(tables.flatMap((table) => Object.entries(table)));

interface Translatable {
  readonly encoding: Encoding;
  readonly rule: Rule;
  readonly fields: Fields;
}

export interface Region {
  readonly instructions: readonly Translatable[];
  /** Indices of instructions that forward branches of the region lead to, ascending; the last may be the end. */
  readonly targets: readonly number[];
  /** Whether a branch leads back to the first instruction. */
  readonly isLoop: boolean;
}

/**
 * The region that begins with the first of `words`; at most `limit` instructions. It has none where the first one has no
 * rule, or is of an extension that `features` lacks.
 */
export function regionOf(words: Uint32Array, limit: number, features: ReadonlySet<string>): Region {
  const instructions: Translatable[] = [];
  const targets = new Set<number>();
  let furthest = 0;
  let isLoop = false;
  for (let index = 0; index < Math.min(words.length, limit); index++) {
    const translatable = translatableOf(decode(words[index]!), features);
    if (translatable === undefined) break;
    instructions.push(translatable);
    const { rule, fields } = translatable;
    if (rule.distance !== undefined) {
      const target = index + rule.distance(fields) / 4;
      if (target === 0) isLoop = true;
      if (target > index) targets.add(target);
      furthest = Math.max(furthest, target);
    }
    if (rule.always === true && furthest <= index) break;
  }
  const inside = [...targets].filter((target) => target <= instructions.length);
  return { instructions, targets: inside.sort((a, b) => a - b), isLoop };
}

function translatableOf(instruction: Instruction | undefined, features: ReadonlySet<string>): Translatable | undefined {
  if (instruction === undefined) return undefined;
  const { encoding, word } = instruction;
  const rule = rules.get(encoding.name);
  if (rule === undefined || (encoding.feature !== undefined && !features.has(encoding.feature))) return undefined;
  return { encoding, rule, fields: fieldsOf(encoding, word) };
}

/** The WebAssembly module of `region`: see Emitter. */
export function emitRegion({ instructions, targets }: Region): Uint8Array<ArrayBuffer> {
  const emitter = new Emitter(instructions.length, targets);
  let code: Code = [];
  for (const [index, { rule, fields }] of instructions.entries()) {
    // A branch to a block goes on after it: the block of a target is what stands before it.
    if (targets.includes(index)) code = block(code);
    emitter.begin(index);
    code = [code, rule.emit(fields, emitter)];
  }
  return emitter.finish(targets.includes(instructions.length) ? block(code) : code);
}
