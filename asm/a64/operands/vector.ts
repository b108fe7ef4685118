/** SIMD&FP operands: scalar and vector registers, elements, register lists, and their immediates (Arm ARM C1.2.5, C7.2). */
import type { Operand } from '../form.ts';
import { describeClass, generalName, type RegisterClass } from '../registers.ts';
import type { Draft } from './draft.ts';
import { constantIn } from './immediate.ts';
import type { OperandReader } from './operand-reader.ts';
import type { WordView } from './word-view.ts';

export const sizeLetters = ['b', 'h', 's', 'd'] as const;

/** Arrangements by size and Q: `8b` is size 0, Q 0; `2d` is size 3, Q 1. */
function arrangementName(size: number, Q: number): string {
  return `${(Q === 1 ? 16 : 8) >> size}${sizeLetters[size]}`;
}

export const arrangementCodes: ReadonlyMap<string, { size: number; Q: number }> = new Map(
  [0, 1, 2, 3].flatMap((size) => [0, 1].map((Q) => [arrangementName(size, Q), { size, Q }] as const)),
);

/** `<Bt>`, `<Sd>`, ...: a scalar register of one class. */
export function scalarRegister(field: string, of: RegisterClass): Operand {
  return {
    registers: [{ field, bank: 'v' }],
    encode(reader, draft) {
      const register = reader.peekRegister();
      if (register?.class !== of) return reader.expected('a scalar register (%)', of);
      draft.set(field, register.number);
      reader.skip();
      return true;
    },
    print: (view) => `${of}${view.get(field)}`,
  };
}

/** `<V><d>` of DUP (element, scalar): a scalar register whose class is the element size, the lowest bit set in imm5. */
export const scalarBySize: Operand = {
  registers: [{ field: 'Rd', bank: 'v' }],
  encode(reader, draft) {
    const register = reader.peekRegister();
    const size = register === undefined ? -1 : sizeLetters.indexOf(register.class as 'b');
    if (register === undefined || size < 0) return reader.expected('a scalar register (%)', 'b, h, s or d');
    draft.set('imm5', 1 << size);
    draft.set('Rd', register.number);
    reader.skip();
    return true;
  },
  print: (view) => `${sizeLetters[elementSize(view.get('imm5'))]}${view.get('Rd')}`,
};

/** log2 of the element size in bytes that imm5 tells by its lowest bit set; 4 and 5 are reserved. */
export function elementSize(imm5: number): number {
  return imm5 === 0 ? 5 : 31 - Math.clz32(imm5 & -imm5);
}

/** How an encoding holds the arrangement of its vectors. */
type ArrangementRule = 'size:Q' | 'imm5:Q' | 'Q';

export function putArrangement(draft: Draft, rule: ArrangementRule, size: number, Q: number): void {
  draft.set('Q', Q);
  if (rule === 'size:Q') draft.set('size', size);
  if (rule === 'imm5:Q') draft.set('imm5', 1 << size);
}

export function arrangementOf(view: WordView, rule: ArrangementRule): string {
  const size = rule === 'size:Q' ? view.get('size') : rule === 'imm5:Q' ? elementSize(view.get('imm5')) : 0;
  return arrangementName(size, view.get('Q'));
}

/** `<Vd>.<T>`: where `first`, the operand that decides the arrangement; the others must agree with it. */
export function vectorRegister(field: string, rule: ArrangementRule, first: boolean): Operand {
  return {
    registers: [{ field, bank: 'v' }],
    encode(reader, draft) {
      const register = reader.peekRegister();
      const code = register?.class === 'v' ? arrangementCodes.get(register.arrangement) : undefined;
      if (register === undefined || code === undefined)
        return reader.expected('a vector register with its arrangement');
      if (rule === 'Q' && code.size !== 0) return reader.expected(`v${register.number}.8b or v${register.number}.16b`);
      if (rule === 'imm5:Q' && code.size === 3 && code.Q === 0) return reader.expected('an arrangement other than 1d');
      if (first) putArrangement(draft, rule, code.size, code.Q);
      else if (draft.get('Q') !== code.Q)
        return reader.expected(`an arrangement of ${draft.get('Q') === 1 ? 16 : 8} bytes`);
      draft.set(field, register.number);
      reader.skip();
      return true;
    },
    print: (view) => `v${view.get(field)}.${arrangementOf(view, rule)}`,
  };
}

/** `<Vd>.2S`, `<Vd>.D`: a vector register whose arrangement is one word of the syntax. */
export function fixedVector(field: string, arrangement: string): Operand {
  return {
    registers: [{ field, bank: 'v' }],
    encode(reader, draft) {
      const register = reader.peekRegister();
      if (register?.class !== 'v' || register.arrangement !== arrangement) {
        return reader.expected('a vector register with arrangement %', arrangement);
      }
      draft.set(field, register.number);
      reader.skip();
      return true;
    },
    print: (view) => `v${view.get(field)}.${arrangement}`,
  };
}

/** An element as written: `v3.s[1]`. */
interface Element {
  readonly number: number;
  readonly size: number;
  readonly index: number;
}

/** Takes `v3.s[1]`; the index must be in range for the element size. */
function takeElement(reader: OperandReader, sizes: readonly number[]): Element | undefined {
  const offset = reader.offset;
  const what = `an element (${sizes.map((size) => `v0.${sizeLetters[size]}[0]`).join(', ')})`;
  const element = reader.element(what);
  if (element === undefined) return undefined;
  // As in GNU as, `v3.4s[1]` is `v3.s[1]`.
  const size = sizeLetters.indexOf(element.register.arrangement.slice(-1) as 'b');
  if (element.register.class !== 'v' || !sizes.includes(size)) {
    reader.expectedAt(offset, what);
    return undefined;
  }
  const index = constantIn(reader, element.index, element.indexOffset, 0n, BigInt((16 >> size) - 1), 'element index');
  return index === undefined ? undefined : { number: element.register.number, size, index: Number(index) };
}

const anySize = [0, 1, 2, 3];

/** `<Vn>.<Ts>[<index>]` moved to a general-purpose register: the element sizes there are for each of its widths. */
function movedElement(narrow: readonly number[], wide: readonly number[]): Operand {
  const any = element('Rn', false);
  return {
    ...any,
    encode(reader, draft) {
      const found = takeElement(reader, draft.wide ? wide : narrow);
      if (found === undefined) return false;
      putElement(draft, 'Rn', found);
      return true;
    },
  };
}

function putElement(draft: Draft, field: string, { number, size, index }: Element): void {
  draft.set('imm5', (index << (size + 1)) | (1 << size));
  draft.set(field, number);
}

/** `<Vn>.<Ts>[<index>]` with size and index in imm5; where `sized`, the size was decided by an earlier operand. */
export function element(field: string, sized: boolean, merged = false): Operand {
  return {
    registers: [{ field, bank: 'v', merged }],
    encode(reader, draft) {
      const sizes = sized ? [elementSize(draft.get('imm5'))] : anySize;
      const found = takeElement(reader, sizes);
      if (found === undefined) return false;
      putElement(draft, field, found);
      return true;
    },
    print(view) {
      const size = elementSize(view.get('imm5'));
      return `v${view.get(field)}.${sizeLetters[size]}[${view.get('imm5') >> (size + 1)}]`;
    },
  };
}

/** `<Vn>.<Ts>[<index2>]` of INS (element): the size is that of imm5, the index is in imm4. */
export const sourceElement: Operand = {
  registers: [{ field: 'Rn', bank: 'v' }],
  encode(reader, draft) {
    const found = takeElement(reader, [elementSize(draft.get('imm5'))]);
    if (found === undefined) return false;
    draft.set('imm4', found.index << found.size);
    draft.set('Rn', found.number);
    return true;
  },
  print(view) {
    const size = elementSize(view.get('imm5'));
    return `v${view.get('Rn')}.${sizeLetters[size]}[${view.get('imm4') >> size}]`;
  },
};

/** `<Vd>.D[1]` of FMOV (general). */
export function upperHalf(field: string, merged: boolean): Operand {
  return {
    registers: [{ field, bank: 'v', merged }],
    encode(reader, draft) {
      const offset = reader.offset;
      const found = takeElement(reader, [3]);
      if (found === undefined) return false;
      if (found.index !== 1) return reader.failAt(offset, 'the element must be d[1]');
      draft.set(field, found.number);
      return true;
    },
    print: (view) => `v${view.get(field)}.d[1]`,
  };
}

/** `<R><n>` of DUP and INS (general): 64 bits wide for doubleword elements. */
export const generalBySize: Operand = {
  registers: [{ field: 'Rn', bank: 'x' }],
  encode(reader, draft) {
    const wide = elementSize(draft.get('imm5')) === 3;
    const register = reader.peekRegister();
    if (register?.class !== (wide ? 'x' : 'w')) return reader.expected(describeClass(wide ? 'x' : 'w'));
    draft.set('Rn', register.number);
    reader.skip();
    return true;
  },
  print: (view) => generalName(view.get('Rn'), elementSize(view.get('imm5')) === 3),
};

/** SIMD&FP operands by their notation in the table. */
export const vectorOperands: Readonly<Record<string, Operand>> = {
  '<V><d>': scalarBySize,
  '<R><n>': generalBySize,
  '<Vd>.<T>': vectorRegister('Rd', 'Q', true),
  '<Vn>.<T>': vectorRegister('Rn', 'Q', false),
  '<Vm>.<T>': vectorRegister('Rm', 'Q', false),
  '<Vm=Vn>.<T>': {
    registers: [{ field: 'Rn', bank: 'v' }],
    encode: (reader, draft) => {
      if (!vectorRegister('Rn', 'Q', false).encode(reader, draft)) return false;
      draft.set('Rm', draft.get('Rn'));
      return true;
    },
    print: vectorRegister('Rn', 'Q', false).print,
  },
  '<Vd>.<T> by imm5': vectorRegister('Rd', 'imm5:Q', true),
  '<Vd>.<Ts>[<index>]': element('Rd', false, true),
  '<Vn>.<Ts>[<index>] zero-extended': movedElement([0, 1, 2], [3]),
  '<Vn>.<Ts>[<index>] sign-extended': movedElement([0, 1], [0, 1, 2]),
  '<Vn>.<Ts>[<index>] whole': movedElement([2], [3]),
  '<Vn>.<Ts>[<index>] sized': element('Rn', true),
  '<Vn>.<Ts>[<index2>]': sourceElement,
  '<Vn>.D[1]': upperHalf('Rn', false),
  '<Vd>.D[1]': upperHalf('Rd', true),
};
