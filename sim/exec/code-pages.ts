/**
 * Decoded instructions, and translations of them, by 4 KB page of RAM. A page is dropped when something is written to it:
 * translations go, and what was decoded from words that have changed.
 */
import { classifyUnknown, decode } from '../../asm/a64/decode.ts';
import { type ArchException, NotModelled, undefinedInstruction } from '../core/exceptions.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { makeOperation } from './instruction-set.ts';
import type { Environment, Operation } from './operation.ts';
import { type Translation, Translator } from './translation/translator.ts';

const WORDS = PAGE_SIZE / 4;

/** By word of the page. */
export interface CodePage {
  readonly operations: (Operation | undefined)[];
  /** What each operation was decoded from. */
  readonly decoded: Uint32Array;
  /** Where somebody has asked for translations. */
  translated: TranslatedPage | undefined;
}

/** By word of the page. */
interface TranslatedPage {
  readonly translations: (Translation | undefined)[];
  /** How often control entered there, by a branch or otherwise. */
  readonly entries: Uint32Array;
}

export class CodePages {
  readonly #on: Environment;
  readonly #translator: Translator;
  readonly #pages: (CodePage | undefined)[];
  /** What was decoded of pages that were dropped since. */
  readonly #dropped = new Map<number, CodePage>();
  /** How many operations were made. */
  #decoded = 0;

  constructor(on: Environment) {
    this.#on = on;
    this.#translator = new Translator(on.cpu, on.features);
    this.#pages = Array.from({ length: on.memory.physical.size / PAGE_SIZE }, () => undefined);
  }

  /** The page that RAM offset `offset` is in. */
  at(offset: number): CodePage {
    const number = offset >>> 12;
    let page = this.#pages[number];
    if (page === undefined) {
      page = this.#stillDecoded(number);
      this.#pages[number] = page;
      this.#on.memory.markCode(number);
    }
    return page;
  }

  /** Heeds that page number `page` of RAM was written to, or may have been. */
  drop(page: number): void {
    const dropped = this.#pages[page];
    if (dropped === undefined) return;
    dropped.translated = undefined;
    this.#dropped.set(page, dropped);
    this.#pages[page] = undefined;
    this.#on.memory.unmarkCode(page);
  }

  /** Drops all pages. */
  dropAll(): void {
    for (let page = 0; page < this.#pages.length; page++) this.drop(page);
  }

  /** Page number `number` of RAM, with what was decoded of it before it was dropped and is still so. */
  #stillDecoded(number: number): CodePage {
    const page = this.#dropped.get(number);
    if (page === undefined) return { operations: empty(), decoded: new Uint32Array(WORDS), translated: undefined };
    this.#dropped.delete(number);
    const { operations, decoded } = page;
    const { u32 } = this.#on.memory.physical;
    const first = number * WORDS;
    for (let n = 0; n < WORDS; n++) if (decoded[n] !== u32[first + n]) operations[n] = undefined;
    return page;
  }

  /** The operation at RAM offset `offset`. Throws UNDEFINED where the word is none, NotModelled where the table lacks it. */
  operationAt(offset: number): Operation {
    const { operations, decoded } = this.at(offset);
    const index = (offset & (PAGE_SIZE - 1)) >>> 2;
    const known = operations[index];
    if (known !== undefined) return known;
    const word = this.#on.memory.physical.u32[offset >>> 2]!;
    const instruction = decode(word);
    if (instruction === undefined) throw unknown(word, this.#on.cpu.pc);
    const operation = makeOperation(instruction, this.#decoded++, offset, this.#on);
    operations[index] = operation;
    decoded[index] = word;
    return operation;
  }

  /**
   * The translation of what begins at RAM offset `offset`, which control enters now: made when that happened `threshold`
   * times; undefined before, or where there is none.
   */
  translationAt(page: CodePage, offset: number, threshold: number): Translation | undefined {
    const index = (offset & (PAGE_SIZE - 1)) >>> 2;
    page.translated ??= { translations: empty(), entries: new Uint32Array(WORDS) };
    const { translations, entries } = page.translated;
    const known = translations[index];
    if (known !== undefined || ++entries[index]! !== threshold) return known;
    const { u32 } = this.#on.memory.physical;
    const translation = this.#translator.translate(u32.subarray(offset >>> 2, ((offset | (PAGE_SIZE - 1)) + 1) >>> 2));
    translations[index] = translation;
    return translation;
  }
}

function empty(): undefined[] {
  return new Array(WORDS).fill(undefined);
}

function unknown(word: number, pc: bigint): ArchException | NotModelled {
  if (classifyUnknown(word) === 'unallocated') return undefinedInstruction();
  const hex = word.toString(16).padStart(8, '0');
  return new NotModelled(`the instruction 0x${hex} at 0x${pc.toString(16)}`);
}
