/** Operands that are addresses near the instruction (Arm ARM C6.1.3, "program counter relative"). */
import type { FixupKind } from '../fixup.ts';
import type { Operand } from '../form.ts';
import { deferImmediate, fixNow } from './immediate.ts';
import type { WordView } from './word-view.ts';

/** The signed number made of `width` low bits of `value`. */
function signed(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}

/** The byte distance to the label that the word holds; for ADRP, from the instruction's page. */
export function labelDistance(view: WordView): bigint {
  const { fields } = view.encoding;
  if (fields.has('imm26')) return BigInt(signed(view.get('imm26'), 26)) * 4n;
  if (fields.has('imm14')) return BigInt(signed(view.get('imm14'), 14)) * 4n;
  if (fields.has('imm19')) return BigInt(signed(view.get('imm19'), 19)) * 4n;
  const imm21 = BigInt(signed((view.get('immhi') << 2) | view.get('immlo'), 21));
  return view.get('op') === 1 ? imm21 << 12n : imm21;
}

/** `address` as objdump prints a branch target, or relative to the instruction where its own address is not known. */
function printTarget(view: WordView, distance: bigint, page: boolean): string {
  const { address, relocated, target } = view.options;
  if (address === undefined) {
    return distance < 0n ? `.-0x${(-distance).toString(16)}` : `.+0x${distance.toString(16)}`;
  }
  const from = relocated ?? (page ? address & ~0xfffn : address);
  const to = BigInt.asUintN(64, from + distance);
  const name = target?.(to);
  return name === undefined ? `0x${to.toString(16)}` : `${to.toString(16)} <${name}>`;
}

const branches: ReadonlySet<FixupKind> = new Set(['branch26', 'call26', 'branch19', 'branch14']);

/** A label; a constant is the distance itself, as in GNU as, but for ADRP, where it is an address for the linker. */
function label(kind: FixupKind): Operand {
  return {
    encode(reader, draft) {
      const offset = reader.offset;
      const immediate = reader.expression('a label');
      if (immediate === undefined) return false;
      const { value, operator } = immediate;
      if (operator !== undefined && branches.has(kind)) {
        return reader.failAt(offset, `relocation operator :${operator}: is not allowed in a branch`);
      }
      if ('symbolic' in value || operator !== undefined || kind === 'adrp21')
        return deferImmediate(draft, kind, immediate);
      return fixNow(reader, draft, kind, value.constant, offset);
    },
    print: (view) => printTarget(view, labelDistance(view), kind === 'adrp21'),
  };
}

/** `<label>` by the kind of fixup it makes. */
export const labels = {
  branch26: label('branch26'),
  call26: label('call26'),
  branch19: label('branch19'),
  branch14: label('branch14'),
  literal19: label('literal19'),
  adr21: label('adr21'),
  adrp21: label('adrp21'),
} as const;
