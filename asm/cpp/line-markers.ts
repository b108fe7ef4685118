/** #line (C11 6.10.4) and the line markers of preprocessed C (GNU cpp manual, "Preprocessor Output"). */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';
import type { Expander } from './expander.ts';
import type { Part } from './parts.ts';
import { END, type Reader, type Reading } from './reader.ts';

export class LineMarkers {
  readonly #reader: Reader;
  readonly #expander: Expander;
  readonly #diagnostics: Diagnostics;

  constructor(reader: Reader, expander: Expander, diagnostics: Diagnostics) {
    this.#reader = reader;
    this.#expander = expander;
    this.#diagnostics = diagnostics;
  }

  /** #line digits ["file"], or # digits ["file" flags]: what the lines after `part` are called. */
  run(reading: Reading, part: Part): void {
    const number = this.#expander.nextToken();
    const directive = part.kind === 'line' ? '#line' : '#';
    if (number === END) {
      this.#diagnostics.error(`unexpected end of line after ${directive}`, placeOf(reading, part));
      return;
    }
    if (number.kind !== 'number' || !/^[0-9]+$/.test(number.text)) {
      this.#diagnostics.error(`'${number.text}' after ${directive} is not a positive integer`, number);
      return;
    }
    const name = this.#expander.nextToken();
    const before = reading.file.position(part.start).name;
    let file = before;
    if (name.kind === 'string' && name.text.startsWith('"')) {
      file = name.text.slice(1, -1).replace(/\\(["\\])/g, '$1');
      if (part.kind === 'line') this.#expectEnd(this.#expander.nextToken());
      else if (!this.#takeFlags(reading, before, file, name)) return;
    } else if (name !== END) {
      this.#diagnostics.error(`'${name.text}' is not a valid filename`, name);
      return;
    }
    reading.file.rename(lastLineOf(reading, part), Number(number.text), file);
  }

  /**
   * The flags of a marker: 1, `file` is entered from `before`; 2, it is returned to; 3, it is a system header. Returns
   * whether the marker counts: one that returns to where nothing came from does not.
   */
  #takeFlags(reading: Reading, before: string, file: string, place: Place): boolean {
    reading.system = false;
    for (const flag of this.#reader.restOfLine()) {
      if (flag.text === '1') {
        reading.entered.push(before);
        reading.level++;
      } else if (flag.text === '2') {
        if (file !== '' && reading.entered[reading.entered.length - 1] !== file) {
          this.#warn(`file '${file}' linemarker ignored due to incorrect nesting`, place);
          return false;
        }
        reading.entered.pop();
        reading.level--;
      } else if (flag.text === '3') reading.system = true;
      else if (flag.text !== '4') this.#diagnostics.error(`invalid flag '${flag.text}' in line directive`, flag);
    }
    return true;
  }

  #expectEnd(token: Place): void {
    if (token !== END) this.#warn('extra tokens at end of #line directive', token);
  }

  #warn(message: string, place: Place): void {
    if (this.#reader.reading?.system !== true) this.#diagnostics.warning(message, place);
  }
}

function placeOf(reading: Reading, part: Part): Place {
  return { file: reading.file, offset: part.start };
}

/** The physical line on which `part` ends: splices and comments may have made it longer than one. */
function lastLineOf(reading: Reading, part: Part): number {
  const lexed = reading.lexed;
  const next = lexed.skip(part).start;
  const last = part.to > part.from ? lexed.offsets[part.to - 1]! : part.body;
  const end = lexed.text.indexOf('\n', last);
  return reading.file.lineOf(end < 0 || end > next ? last : end);
}
