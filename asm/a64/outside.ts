/** Looks up the instructions that the table leaves out, by mnemonic and by word. */
import type { Feature } from './features.ts';
import type { BitPattern } from './form.ts';
import { outsideInstructions } from './outside-the-table.ts';

/** An instruction the table leaves out. */
export interface Outside {
  /** Lower case; one of its names where the word could be one of several. */
  readonly mnemonic: string;
  readonly feature: Feature;
}

interface OutsidePattern extends BitPattern, Outside {}

function parsePattern(text: string): BitPattern {
  const mask = Number.parseInt(text.replace(/[01]/g, '1').replace(/x/g, '0'), 2);
  const value = Number.parseInt(text.replace(/x/g, '0'), 2);
  return { mask, value };
}

interface OutsideIndex {
  readonly mnemonics: ReadonlySet<string>;
  /** Patterns by bits 28 to 25, the manual's top-level split of the encoding space (Arm ARM C4.1). */
  readonly byGroup: readonly (readonly OutsidePattern[])[];
}

let index: OutsideIndex | undefined;

/** Made when it is first needed: most programs have no such instruction. */
function outsideIndex(): OutsideIndex {
  index ??= makeIndex();
  return index;
}

function makeIndex(): OutsideIndex {
  const mnemonics = new Set<string>();
  const patterns: OutsidePattern[] = [];
  for (const [feature, instructions] of Object.entries(outsideInstructions)) {
    for (const [names, texts] of instructions) {
      const all = names.split(' ');
      for (const name of all) mnemonics.add(name);
      for (const text of texts.split(' ')) {
        patterns.push({ ...parsePattern(text), mnemonic: all[0]!, feature: feature as Feature });
      }
    }
  }
  const byGroup = Array.from({ length: 16 }, (_, group) => patterns.filter((pattern) => isInGroup(pattern, group)));
  return { mnemonics, byGroup };
}

function isInGroup({ mask, value }: BitPattern, group: number): boolean {
  return (((group << 25) ^ value) & mask & (15 << 25)) === 0;
}

/** Whether `mnemonic` (lower case) names an instruction of A64 that the table leaves out, alone or beside one it has. */
export function isOutsideMnemonic(mnemonic: string): boolean {
  return outsideIndex().mnemonics.has(mnemonic);
}

/** The instruction outside the table that `word` is, or undefined where it is none. */
export function outsideInstruction(word: number): Outside | undefined {
  return outsideIndex().byGroup[(word >>> 25) & 15]!.find(({ mask, value }) => (word & mask) >>> 0 === value);
}
