/** Addresses in brackets (Arm ARM C1.3.3, "Load/store addressing modes"). */
import { accessScale, pairScale } from '../access-size.ts';
import { type FixupKind, offsetMessage } from '../fixup.ts';
import type { Operand, RegisterOperand } from '../form.ts';
import { generalName, generalOrStackName } from '../registers.ts';
import type { Draft } from './draft.ts';
import { extendNames, extendOf } from './extend.ts';
import { constantOf, deferImmediate, isLate } from './immediate.ts';
import type { Immediate, OperandReader } from './operand-reader.ts';
import type { WordView } from './word-view.ts';

/** Takes the base register, a 64-bit register or SP, into Rn or Xn. */
function takeBase(reader: OperandReader, draft: Draft): boolean {
  const register = reader.peekRegister();
  if (register === undefined || !(register.class === 'sp' || (register.class === 'x' && register.number < 31))) {
    return reader.expected('a 64-bit base register or sp');
  }
  draft.set(draft.has('Rn') ? 'Rn' : 'Xn', register.number);
  reader.skip();
  return true;
}

function baseName(view: WordView): string {
  return generalOrStackName(view.get(view.encoding.fields.has('Rn') ? 'Rn' : 'Xn'), true);
}

/** Both names of the base field are listed: an encoding has one of them. */
function baseRegister(writeback: boolean): RegisterOperand[] {
  return [
    { field: 'Rn', bank: 'sp', writeback },
    { field: 'Xn', bank: 'sp', writeback },
  ];
}

/** Reads an address in brackets: the base register, what `rest` reads, and after the bracket nothing or `!`. */
function bracketed(
  reader: OperandReader,
  draft: Draft,
  suffix: '' | '!',
  rest: (reader: OperandReader, draft: Draft) => boolean = () => true,
): boolean {
  if (!reader.trailedBy(suffix)) return false;
  return reader.inside('[', 'an address', () => takeBase(reader, draft) && rest(reader, draft));
}

/** `[<Xn|SP>]` alone: of a structure load or store, and where `writeback`, before the increment of its base. */
function plainBase(writeback: boolean): Operand {
  return {
    registers: baseRegister(writeback),
    encode: (reader, draft) => bracketed(reader, draft, ''),
    print: (view) => `[${baseName(view)}]`,
  };
}

/** `[<Xn|SP>]!` */
const baseWriteback: Operand = {
  registers: baseRegister(true),
  encode: (reader, draft) => bracketed(reader, draft, '!'),
  print: (view) => `[${baseName(view)}]!`,
};

/** `[<Xn|SP>{, #0}]`, and `[<Xn|SP>]`, where assemblers take the zero too. */
const baseOrZero: Operand = {
  registers: baseRegister(false),
  encode: (reader, draft) =>
    bracketed(reader, draft, '', () => {
      if (reader.done) return true;
      const offset = reader.offset;
      const zero = reader.immediate('#0');
      const value = zero === undefined ? undefined : constantOf(reader, zero, offset, 'offset');
      return value === 0n || (value !== undefined && reader.failAt(offset, `offset ${value} must be 0`));
    }),
  print: (view) => `[${baseName(view)}]`,
};

/** How an address's offset is held: the field, its signedness, its unit, and the fixup of a value known late. */
interface OffsetRule {
  readonly field: string;
  readonly signed: boolean;
  readonly scale: (word: number) => number;
  readonly kind?: FixupKind;
}

const unscaled = () => 0;
const TAG_GRANULE = () => 4;

const pimm: OffsetRule = { field: 'imm12', signed: false, scale: accessScale, kind: 'ldst-imm12' };
const simm9: OffsetRule = { field: 'imm9', signed: true, scale: unscaled, kind: 'ldst-imm9' };
const simm9Tag: OffsetRule = { field: 'imm9', signed: true, scale: TAG_GRANULE, kind: 'ldst-tag9' };
const imm7: OffsetRule = { field: 'imm7', signed: true, scale: pairScale, kind: 'ldst-imm7' };
const simm7Tag: OffsetRule = { field: 'simm7', signed: true, scale: TAG_GRANULE, kind: 'ldst-imm7' };

function offsetRange(rule: OffsetRule, draft: Draft): { low: bigint; high: bigint; unit: bigint } {
  const { width } = draft.encoding.fields.get(rule.field)!;
  const unit = 1n << BigInt(rule.scale(draft.word));
  const count = 1n << BigInt(rule.signed ? width - 1 : width);
  return { low: rule.signed ? -count * unit : 0n, high: (count - 1n) * unit, unit };
}

function putOffset(reader: OperandReader, draft: Draft, rule: OffsetRule, immediate: Immediate, at: number): boolean {
  if (rule.kind !== undefined && (immediate.operator !== undefined || 'symbolic' in immediate.value)) {
    if (immediate.operator !== undefined && rule.kind !== 'ldst-imm12') {
      return reader.failAt(at, `relocation operator :${immediate.operator}: is not allowed in this address`);
    }
    return deferImmediate(draft, rule.kind, immediate);
  }
  const value = constantOf(reader, immediate, at, 'offset');
  if (value === undefined) return false;
  const { low, high, unit } = offsetRange(rule, draft);
  if (value < low || value > high || value % unit !== 0n) {
    return reader.failAt(
      at,
      rule === pimm ? offsetMessage(value, BigInt(rule.scale(draft.word))) : outside(value, low, high, unit),
    );
  }
  draft.set(rule.field, Number(value / unit));
  return true;
}

function takeOffset(reader: OperandReader, draft: Draft, rule: OffsetRule): boolean {
  const at = reader.offset;
  const immediate = reader.immediate('an offset');
  return immediate !== undefined && putOffset(reader, draft, rule, immediate, at);
}

function outside(value: bigint, low: bigint, high: bigint, unit: bigint): string {
  if (value < low || value > high) return `offset ${value} out of range ${low} to ${high}`;
  return `offset ${value} is not a multiple of ${unit}`;
}

function offsetOf(view: WordView, rule: OffsetRule): number {
  const { width } = view.encoding.fields.get(rule.field)!;
  const raw = view.get(rule.field);
  const value = rule.signed ? (raw << (32 - width)) >> (32 - width) : raw;
  return value * 2 ** rule.scale(view.word);
}

/** `[<Xn|SP>{, #<imm>}]` */
function offsetAddress(rule: OffsetRule): Operand {
  return {
    registers: baseRegister(false),
    encode: (reader, draft) => bracketed(reader, draft, '', () => reader.done || takeOffset(reader, draft, rule)),
    print(view) {
      const offset = offsetOf(view, rule);
      return offset === 0 ? `[${baseName(view)}]` : `[${baseName(view)}, #${offset}]`;
    },
  };
}

/** `[<Xn|SP>, #<imm>]!` */
function preIndexed(rule: OffsetRule): Operand {
  return {
    registers: baseRegister(true),
    encode: (reader, draft) => bracketed(reader, draft, '!', () => takeOffset(reader, draft, rule)),
    print: (view) => `[${baseName(view)}, #${offsetOf(view, rule)}]!`,
  };
}

/** `[<Xn|SP>], #<imm>` */
function postIndexed(rule: OffsetRule): Operand {
  return {
    registers: baseRegister(true),
    encode(reader, draft) {
      return bracketed(reader, draft, '') && takeOffset(reader, draft, rule);
    },
    print: (view) => `[${baseName(view)}], #${offsetOf(view, rule)}`,
  };
}

/** `#<imm>` of LDRAA and LDRAB: ten bits, S the highest, in units of 8 bytes. */
function authenticatedOffset(reader: OperandReader, draft: Draft): boolean {
  if (reader.done) return true;
  const at = reader.offset;
  const immediate = reader.immediate('an offset');
  if (immediate === undefined) return false;
  if (isLate(immediate)) return deferImmediate(draft, 'ldst-imm10', immediate);
  const value = constantOf(reader, immediate, at, 'offset');
  if (value === undefined) return false;
  if (value < -4096n || value > 4088n || value % 8n !== 0n) return reader.failAt(at, outside(value, -4096n, 4088n, 8n));
  const units = Number(value / 8n);
  draft.set('S', (units >> 9) & 1);
  draft.set('imm9', units & 0x1ff);
  return true;
}

/** `[<Xn|SP>{, #<simm>}]` and `[<Xn|SP>{, #<simm>}]!` of LDRAA and LDRAB: fields S, imm9. */
function authenticatedAddress(suffix: '' | '!'): Operand {
  return {
    registers: baseRegister(suffix === '!'),
    encode: (reader, draft) => bracketed(reader, draft, suffix, authenticatedOffset),
    print(view) {
      const offset = (view.get('imm9') - view.get('S') * 512) * 8;
      return offset === 0 ? `[${baseName(view)}]${suffix}` : `[${baseName(view)}, #${offset}]${suffix}`;
    },
  };
}

const UXTX = 3;

/** `[<Xn|SP>, (<Wm>|<Xm>){, <extend> {<amount>}}]`: fields Rm, option, S. */
const registerOffset: Operand = {
  registers: [...baseRegister(false), { field: 'Rm', bank: 'x' }],
  encode: (reader, draft) =>
    bracketed(reader, draft, '', () => {
      const register = reader.peekRegister();
      if (register === undefined || (register.class !== 'x' && register.class !== 'w')) {
        return reader.expected('an index register');
      }
      draft.set('Rm', register.number);
      reader.skip();
      if (!reader.done) return indexExtend(reader, draft, register.class === 'x');
      if (register.class === 'w') return reader.expected('uxtw or sxtw');
      draft.set('option', UXTX);
      draft.set('S', 0);
      return true;
    }),
  print(view) {
    const option = view.get('option');
    const shifted = view.get('S') === 1;
    const index = generalName(view.get('Rm'), (option & 1) === 1);
    const amount = shifted ? ` #${accessScale(view.word)}` : '';
    const extend = option === UXTX ? (shifted ? ', lsl' : '') : `, ${extendOf(option)}`;
    return `[${baseName(view)}, ${index}${extend}${amount}]`;
  },
};

function indexExtend(reader: OperandReader, draft: Draft, wide: boolean): boolean {
  const at = reader.offset;
  const extend = reader.modifier(wide ? ['lsl', 'sxtx'] : ['uxtw', 'sxtw']);
  if (extend === undefined) return reader.expected(wide ? 'lsl or sxtx' : 'uxtw or sxtw');
  if (extend.name === 'lsl' && extend.amount === undefined) return reader.failAt(at, "'lsl' needs an amount");
  draft.set('option', extend.name === 'lsl' ? UXTX : extendNames.indexOf(extend.name as 'uxtw'));
  const scale = accessScale(draft.word);
  if (extend.amount === undefined) {
    draft.set('S', 0);
    return true;
  }
  const amount = constantOf(reader, extend.amount, at, 'shift amount');
  if (amount === undefined) return false;
  if (amount !== 0n && amount !== BigInt(scale)) {
    const choice = scale === 0 ? '0' : `0 or ${scale}`;
    return reader.failAt(at, `shift amount ${amount} must be ${choice} for this access size`);
  }
  // A byte access has no unit to shift by: S tells only that an amount is written.
  draft.set('S', scale === 0 || amount !== 0n ? 1 : 0);
  return true;
}

/** Addresses by their notation in the table. */
export const addresses: Readonly<Record<string, Operand>> = {
  '[<Xn|SP>]': baseOrZero,
  '[<Xn|SP>] plain': plainBase(false),
  '[<Xn|SP>] post': plainBase(true),
  '[<Xn|SP>]!': baseWriteback,
  '[<Xn|SP>{, #0}]': baseOrZero,
  '[<Xn|SP>{, #<pimm>}]': offsetAddress(pimm),
  '[<Xn|SP>{, #<simm>}]': offsetAddress(simm9),
  '[<Xn|SP>, #<simm>]!': preIndexed(simm9),
  '[<Xn|SP>], #<simm>': postIndexed(simm9),
  '[<Xn|SP>{, #<imm>}]': offsetAddress(imm7),
  '[<Xn|SP>, #<imm>]!': preIndexed(imm7),
  '[<Xn|SP>], #<imm>': postIndexed(imm7),
  '[<Xn|SP>{, #<imm> tagged}]': offsetAddress(simm7Tag),
  '[<Xn|SP>, #<imm> tagged]!': preIndexed(simm7Tag),
  '[<Xn|SP>], #<imm> tagged': postIndexed(simm7Tag),
  '[<Xn|SP>{, #<simm> tagged}]': offsetAddress(simm9Tag),
  '[<Xn|SP>, #<simm> tagged]!': preIndexed(simm9Tag),
  '[<Xn|SP>], #<simm> tagged': postIndexed(simm9Tag),
  '[<Xn|SP>{, #<simm> authenticated}]': authenticatedAddress(''),
  '[<Xn|SP>{, #<simm> authenticated}]!': authenticatedAddress('!'),
  '[<Xn|SP>, (<Wm>|<Xm>){, <extend> {<amount>}}]': registerOffset,
};
