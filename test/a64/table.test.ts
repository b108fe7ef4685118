/** The table itself: rows do not contradict each other or themselves. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldsOf } from '../../asm/a64/compile.ts';
import { decode, fieldOf } from '../../asm/a64/decode.ts';
import { type Encoding, encodings } from '../../asm/a64/encoding.ts';
import type { Fields } from '../../asm/a64/table/row.ts';

const test = suite('a64 table');

/** Words that have the fixed bits of `pattern`, spread over its free bits in a fixed way. */
function* samples({ mask, value }: { mask: number; value: number }, count: number): Generator<number> {
  let state = 0x9e3779b9;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const spread = (state ^ (state >>> 15)) >>> 0;
    const bits = i === 0 ? 0 : i === 1 ? -1 : spread;
    yield ((bits & ~mask) | value) >>> 0;
  }
}

function accepts(encoding: Encoding, word: number): boolean {
  return (word & encoding.mask) >>> 0 === encoding.value && !encoding.undefinedWhen?.(fieldsOf(encoding, word));
}

const titleOf = ({ name, variant }: Encoding) => (variant === undefined ? name : `${name}, ${variant}`);

test('no word is two encodings, unless one is a stated special case of the other', () => {
  for (const [i, one] of encodings.entries()) {
    for (const other of encodings.slice(i + 1)) {
      if (((one.value ^ other.value) & one.mask & other.mask) !== 0) continue;
      if (one.specialCaseOf === other.name || other.specialCaseOf === one.name) continue;
      const both = { mask: (one.mask | other.mask) >>> 0, value: (one.value | other.value) >>> 0 };
      for (const word of samples(both, 500)) {
        const message = `0x${word.toString(16)} is ${titleOf(one)} and ${titleOf(other)}`;
        assert.not(accepts(one, word) && accepts(other, word), message);
      }
    }
  }
});

test('a special case names a section of the table, and decodes before it', () => {
  for (const encoding of encodings) {
    if (encoding.specialCaseOf === undefined) continue;
    assert.ok(
      encodings.some(({ name }) => name === encoding.specialCaseOf),
      titleOf(encoding),
    );
    const word = [...samples(encoding, 50)].find((candidate) => accepts(encoding, candidate))!;
    assert.is(decode(word)?.encoding, encoding, titleOf(encoding));
  }
});

test('a section with several diagrams names its variants apart', () => {
  const titles = encodings.map(titleOf);
  assert.equal(
    titles.filter((title, i) => titles.indexOf(title) !== i),
    [],
  );
});

test('fields lie apart and cover all that the mask leaves free', () => {
  for (const encoding of encodings) {
    let covered = encoding.mask;
    let taken = 0;
    for (const { lsb, width } of encoding.fields.values()) {
      const bits = (((2 ** width - 1) << lsb) >>> 0) >>> 0;
      assert.is((taken & bits) >>> 0, 0, titleOf(encoding));
      taken = (taken | bits) >>> 0;
      covered = (covered | bits) >>> 0;
    }
    assert.is(covered, 0xffff_ffff, titleOf(encoding));
  }
});

/** The fields of a word, complaining of names that the encoding does not have. */
function strictFields(encoding: Encoding, word: number): Fields {
  return new Proxy(fieldsOf(encoding, word), {
    get(fields, name) {
      if (!encoding.fields.has(String(name))) throw new Error(`${titleOf(encoding)} has no field ${String(name)}`);
      return Reflect.get(fields, name);
    },
  });
}

test('conditions read only fields that their row has', () => {
  for (const encoding of encodings) {
    const conditions = [encoding.undefinedWhen, encoding.unpredictable, ...encoding.forms.map(({ when }) => when)];
    for (const word of samples(encoding, 40)) {
      const fields = strictFields(encoding, word);
      // What comes after "UNDEFINED" in the manual may rely on it.
      if (encoding.undefinedWhen?.(fields)) continue;
      for (const condition of conditions) condition?.(fields);
    }
  }
});

test('every word that an encoding accepts has a preferred way to write it', () => {
  for (const encoding of encodings) {
    for (const word of samples(encoding, 40)) {
      if (!accepts(encoding, word)) continue;
      const form = encoding.forms.find(
        ({ mask, value, printed, when, requires }) =>
          printed &&
          (word & mask) >>> 0 === value &&
          when?.(fieldsOf(encoding, word)) !== false &&
          requires?.(fieldsOf(encoding, word)) !== false,
      );
      assert.ok(form, `${titleOf(encoding)} 0x${word.toString(16)}`);
    }
  }
});

test('fieldOf reads a field, and refuses a name the row does not have', () => {
  const add = decode(0x91004020)!;
  assert.is(add.encoding.name, 'ADD (immediate)');
  assert.equal([fieldOf(add, 'sf'), fieldOf(add, 'imm12'), fieldOf(add, 'Rn'), fieldOf(add, 'Rd')], [1, 16, 1, 0]);
  assert.throws(() => fieldOf(add, 'Rm'), /ADD \(immediate\) has no field Rm/);
});

test.run();
