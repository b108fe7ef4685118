/** Operands that are general-purpose registers, alone, shifted or extended (Arm ARM C1.2.5, C6.1). */
import type { Operand, RegisterOperand } from '../form.ts';
import { generalName, generalOrStackName, type Register } from '../registers.ts';
import type { Draft } from './draft.ts';
import { extendNames, extendOf } from './extend.ts';
import { constantIn } from './immediate.ts';
import type { OperandReader } from './operand-reader.ts';

/** `W`, `X`: 32 or 64 bits wide; `R`: as the encoding's `wide` setting says. */
export type GeneralWidth = 'W' | 'X' | 'R';

function isWide(register: Register): boolean {
  return register.class === 'x' || register.class === 'sp';
}

function describe(width: GeneralWidth, stack: boolean, draft: Draft): string {
  const wide = width === 'R' ? draft.wide : width === 'X';
  const size = wide === undefined ? '' : wide ? '64-bit ' : '32-bit ';
  return `a ${size}general register${stack ? (wide === false ? ' or wsp' : ' or sp') : ''}`;
}

/** Takes a general-purpose register (31: SP where `stack`, else the zero register) of the right width. */
function takeGeneral(reader: OperandReader, draft: Draft, width: GeneralWidth, stack: boolean): number | undefined {
  const register = reader.peekRegister();
  const what = describe(width, stack, draft);
  const usable =
    register !== undefined &&
    (register.class === 'x' || register.class === 'w'
      ? !stack || register.number < 31
      : stack && (register.class === 'sp' || register.class === 'wsp'));
  if (!usable || (width !== 'R' && isWide(register) !== (width === 'X'))) {
    reader.expected(what);
    return undefined;
  }
  if (width === 'R' && !draft.setWide(isWide(register))) {
    reader.expected(what);
    return undefined;
  }
  reader.skip();
  return register.number;
}

/** `<Rd>`, `<Xn|SP>`, ...: the register numbered by `field`; several fields get the same number (`<Rn=Rm>`). */
export function generalRegister(fields: readonly string[], width: GeneralWidth, stack: boolean): Operand {
  const bank: RegisterOperand['bank'] = stack ? 'sp' : 'x';
  return {
    registers: [{ field: fields[0]!, bank }],
    encode(reader, draft) {
      const number = takeGeneral(reader, draft, width, stack);
      if (number === undefined) return false;
      for (const field of fields) draft.set(field, number);
      return true;
    },
    print(view) {
      const wide = width === 'R' ? view.wide : width === 'X';
      return (stack ? generalOrStackName : generalName)(view.get(fields[0]!), wide);
    },
  };
}

/** `{<Xn>}` of RET: left out, it is X30. */
export const returnRegister: Operand = {
  registers: [{ field: 'Rn', bank: 'x' }],
  encode(reader, draft) {
    if (reader.done) {
      draft.set('Rn', 30);
      return true;
    }
    return generalRegister(['Rn'], 'X', false).encode(reader, draft);
  },
  print(view) {
    const number = view.get('Rn');
    return number === 30 ? undefined : generalName(number, true);
  },
};

/** `{, <Xt>}` of SYS and its aliases: left out, it is XZR. */
export const optionalTransfer: Operand = {
  registers: [{ field: 'Rt', bank: 'x' }],
  encode(reader, draft) {
    if (reader.done) {
      draft.set('Rt', 31);
      return true;
    }
    return generalRegister(['Rt'], 'X', false).encode(reader, draft);
  },
  print(view) {
    const number = view.get('Rt');
    return number === 31 ? undefined : generalName(number, true);
  },
};

/** The first of a pair of consecutive registers (`<Rs>, <R(s+1)>` of CASP): an even number, then the next one. */
export function registerPair(field: string): Operand {
  return {
    registers: [{ field, bank: 'x', count: () => 2 }],
    encode(reader, draft) {
      const offset = reader.offset;
      const first = takeGeneral(reader, draft, 'R', false);
      if (first === undefined) return false;
      if (first & 1) return reader.failAt(offset, 'the first register of a pair must have an even number');
      const next = reader.offset;
      const second = takeGeneral(reader, draft, 'R', false);
      if (second === undefined) return false;
      if (second !== first + 1) {
        return reader.failAt(
          next,
          `expected ${generalName(first + 1, draft.wide === true)}, the register after the first`,
        );
      }
      draft.set(field, first);
      return true;
    },
    print(view) {
      const first = view.get(field);
      return `${generalName(first, view.wide)}, ${generalName(first + 1, view.wide)}`;
    },
  };
}

const shiftNames = ['lsl', 'lsr', 'asr', 'ror'] as const;

/** `<Rm>{, <shift> #<amount>}`: fields Rm, shift, imm6; `rotate` where ROR is among the shifts. */
export function shiftedRegister(rotate: boolean): Operand {
  const names = rotate ? shiftNames : shiftNames.slice(0, 3);
  return {
    registers: [{ field: 'Rm', bank: 'x' }],
    encode(reader, draft) {
      const number = takeGeneral(reader, draft, 'R', false);
      if (number === undefined) return false;
      draft.set('Rm', number);
      if (reader.done) return true;
      const offset = reader.offset;
      const shift = reader.modifier(names);
      if (shift === undefined) return reader.expected(`${names.join(', ')} and an amount`);
      if (shift.amount === undefined) return reader.failAt(offset, `'${shift.name}' needs an amount`);
      const amount = constantIn(reader, shift.amount, offset, 0n, draft.wide ? 63n : 31n, 'shift amount');
      if (amount === undefined) return false;
      draft.set('shift', shiftNames.indexOf(shift.name as 'lsl'));
      draft.set('imm6', Number(amount));
      return true;
    },
    print(view) {
      const name = generalName(view.get('Rm'), view.wide);
      const shift = view.get('shift');
      const amount = view.get('imm6');
      return shift === 0 && amount === 0 ? name : `${name}, ${shiftNames[shift]} #${amount}`;
    },
  };
}

/** Whether Rd or Rn of an add or subtract (extended register) is the stack pointer; S=1 has no SP as Rd. */
function usesStackPointer(get: (field: string) => number): boolean {
  return get('Rn') === 31 || (get('Rd') === 31 && get('S') === 0);
}

const LSL_64 = 3;
const LSL_32 = 2;

/** `<R><m>{, <extend> {#<amount>}}`: fields Rm, option, imm3. */
export const extendedRegister: Operand = {
  registers: [{ field: 'Rm', bank: 'x' }],
  encode(reader, draft) {
    const wide = draft.wide === true;
    const register = reader.peekRegister();
    if (register === undefined || (register.class !== 'x' && register.class !== 'w')) {
      return reader.expected(`a ${wide ? 64 : 32}-bit general register`);
    }
    if (register.class === 'x' && !wide) return reader.expected('a 32-bit general register');
    draft.set('Rm', register.number);
    reader.skip();
    const lsl = register.class === 'x' ? LSL_64 : LSL_32;
    if (!reader.done) return readExtend(reader, draft, lsl);
    if (wide && register.class === 'w' && !usesStackPointer((field) => draft.get(field))) {
      return reader.expected('an extension');
    }
    draft.set('option', lsl);
    draft.set('imm3', 0);
    return true;
  },
  print(view) {
    const option = view.get('option');
    const amount = view.get('imm3');
    const name = generalName(view.get('Rm'), view.wide && (option & 3) === 3);
    const isLsl = option === (view.wide ? LSL_64 : LSL_32) && usesStackPointer((field) => view.get(field));
    if (isLsl) return amount === 0 ? name : `${name}, lsl #${amount}`;
    return amount === 0 ? `${name}, ${extendOf(option)}` : `${name}, ${extendOf(option)} #${amount}`;
  },
};

/**
 * Reads `<extend> {#<amount>}`; `lsl` is the option value LSL stands for. As in GNU as, the register before it may be of
 * either width in a 64-bit instruction, and LSL needs the stack pointer among the operands.
 */
function readExtend(reader: OperandReader, draft: Draft, lsl: number): boolean {
  const offset = reader.offset;
  const extend = reader.modifier([...extendNames, 'lsl']);
  if (extend === undefined) return reader.expected('an extension (uxtb to sxtx, or lsl) and an amount');
  const isLsl = extend.name === 'lsl';
  if (isLsl && extend.amount === undefined) return reader.failAt(offset, "'lsl' needs an amount");
  if (isLsl && !usesStackPointer((field) => draft.get(field))) {
    return reader.failAt(offset, "'lsl' needs registers of one width, or sp");
  }
  const option = isLsl ? lsl : extendNames.indexOf(extend.name as 'uxtb');
  const amount = extend.amount === undefined ? 0n : constantIn(reader, extend.amount, offset, 0n, 4n, 'shift amount');
  if (amount === undefined) return false;
  draft.set('option', option);
  draft.set('imm3', Number(amount));
  return true;
}

/** `<R><t>` of TBZ and TBNZ: the width says only how high the bit number may be; the number itself holds b5. */
export const testedRegister: Operand = {
  registers: [{ field: 'Rt', bank: 'x' }],
  encode(reader, draft) {
    const register = reader.peekRegister();
    if (register === undefined || (register.class !== 'x' && register.class !== 'w')) {
      return reader.expected('a general register');
    }
    draft.wide = register.class === 'x';
    draft.set('Rt', register.number);
    reader.skip();
    return true;
  },
  print: (view) => generalName(view.get('Rt'), view.wide),
};
