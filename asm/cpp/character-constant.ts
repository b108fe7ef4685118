/** Character constants (C11 6.4.4.4) as gcc values them for AArch64: plain char is unsigned, wchar_t is 32 bits. */

export interface CharacterValue {
  readonly value: bigint;
  readonly unsigned: boolean;
  readonly problem?: { readonly message: string; readonly fatal: boolean };
}

const SIMPLE: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  E: 27,
  '0': 0,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** The value of the constant spelt `text`, prefix and quotes included. */
export function characterValue(text: string): CharacterValue {
  const quote = text.indexOf("'");
  const prefix = text.slice(0, quote);
  const body = text.slice(quote + 1, -1);
  const units = prefix === '' ? narrowUnits(body) : wideUnits(body);
  if (units.length === 0)
    return { value: 0n, unsigned: false, problem: { message: 'empty character constant', fatal: true } };
  return prefix === '' ? narrowValue(units) : wideValue(units, prefix);
}

function narrowValue(units: readonly number[]): CharacterValue {
  let value = 0n;
  for (const unit of units) value = (value << 8n) | BigInt(unit & 0xff);
  if (units.length === 1) return { value, unsigned: false };
  const message = units.length > 4 ? 'character constant too long for its type' : 'multi-character character constant';
  return { value: BigInt.asIntN(32, value), unsigned: false, problem: { message, fatal: false } };
}

function wideValue(units: readonly number[], prefix: string): CharacterValue {
  const width = prefix === 'u' ? 16 : prefix === 'u8' ? 8 : 32;
  const value = BigInt.asUintN(width, BigInt(units[units.length - 1]!));
  const problem = units.length > 1 ? { message: 'character constant too long for its type', fatal: false } : undefined;
  return { value, unsigned: true, problem };
}

/** The bytes of a constant without prefix: characters outside ASCII count as their UTF-8 bytes. */
function narrowUnits(body: string): number[] {
  const units: number[] = [];
  for (const unit of escapedUnits(body)) {
    if (unit.escaped || unit.value < 0x80) units.push(unit.value);
    else units.push(...new TextEncoder().encode(String.fromCodePoint(unit.value)));
  }
  return units;
}

function wideUnits(body: string): number[] {
  return escapedUnits(body).map((unit) => unit.value);
}

function escapedUnits(body: string): { value: number; escaped: boolean }[] {
  const units: { value: number; escaped: boolean }[] = [];
  const pattern = /\\(?:x([0-9a-fA-F]+)|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))|(.)/gsu;
  for (const [, hexadecimal, short, long, octal, simple, plain] of body.matchAll(pattern)) {
    if (hexadecimal !== undefined) units.push({ value: Number.parseInt(hexadecimal.slice(-8), 16), escaped: true });
    else if (short !== undefined || long !== undefined)
      units.push({ value: Math.min(Number.parseInt(short ?? long!, 16), 0x10ffff), escaped: false });
    else if (octal !== undefined) units.push({ value: Number.parseInt(octal, 8), escaped: true });
    else if (simple !== undefined) units.push({ value: SIMPLE[simple] ?? simple.codePointAt(0)!, escaped: false });
    else units.push({ value: plain!.codePointAt(0)!, escaped: false });
  }
  return units;
}
