/** Floating-point numbers as .float, .double, .float16 and .bfloat16 write them (IEEE 754-2019; bfloat16: Arm ARM A1.4.8). */

export type FloatKind = 'h' | 'b' | 'f' | 'd';

/** Bits of the exponent and of the fraction, and size in bytes. */
const FORMATS: Readonly<Record<FloatKind, { exponent: number; fraction: number; size: number }>> = {
  h: { exponent: 5, fraction: 10, size: 2 },
  b: { exponent: 8, fraction: 7, size: 2 },
  f: { exponent: 8, fraction: 23, size: 4 },
  d: { exponent: 11, fraction: 52, size: 8 },
};

/** Decimal exponents beyond this are out of every format's range. */
const EXPONENT_LIMIT = 5000;

/**
 * The bits of the number `text`: decimal with an optional `0f` (or other letter) before it, `inf`, `nan`, `qnan` or `snan`, or the
 * bits themselves as hexadecimal digits behind `0f:`. Undefined where it is none, 'overflow' where it is too large for the format.
 */
export function floatBits(text: string, kind: FloatKind): { value: bigint; size: number } | 'overflow' | undefined {
  const hexadecimal = /^0[a-z]:([\da-f]+)$/i.exec(text);
  if (hexadecimal !== null) return bitsOfDigits(hexadecimal[1]!, FORMATS[kind].size);
  const match = /^([+-]?)\s*(.*)$/s.exec(text.replace(/^0[a-z]/i, ''))!;
  const format = FORMATS[kind];
  const magnitude = magnitudeBits(match[2]!, format);
  if (magnitude === undefined || magnitude === 'overflow') return magnitude;
  const sign = match[1] === '-' ? 1n << BigInt(format.exponent + format.fraction) : 0n;
  return { value: magnitude | sign, size: format.size };
}

/** Digits from the most significant on; those left out at the end are zeros. */
function bitsOfDigits(digits: string, size: number): { value: bigint; size: number } | 'overflow' {
  if (digits.length > 2 * size) return 'overflow';
  return { value: BigInt(`0x${digits.padEnd(2 * size, '0')}`), size };
}

function magnitudeBits(text: string, format: { exponent: number; fraction: number }): bigint | 'overflow' | undefined {
  const fraction = BigInt(format.fraction);
  const infinity = ((1n << BigInt(format.exponent)) - 1n) << fraction;
  const quiet = (1n << fraction) - 1n;
  const word = text.toLowerCase();
  if (word === 'inf' || word === 'infinity') return infinity;
  if (word === 'nan' || word === 'qnan') return infinity | quiet;
  if (word === 'snan') return infinity | (quiet >> 1n);
  const decimal = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d*))?$/.exec(word);
  if (decimal === null || `${decimal[1] ?? ''}${decimal[2] ?? ''}` === '') return undefined;
  const digits = BigInt(`${decimal[1] ?? ''}${decimal[2] ?? ''}`);
  if (digits === 0n) return 0n;
  const power = (Number.parseInt(decimal[3] ?? '0', 10) || 0) - (decimal[2] ?? '').length;
  if (power > EXPONENT_LIMIT) return 'overflow';
  if (power + digits.toString().length < -EXPONENT_LIMIT) return 0n;
  const above = power >= 0 ? digits * 10n ** BigInt(power) : digits;
  const below = power >= 0 ? 1n : 10n ** BigInt(-power);
  return roundedBits(above, below, format);
}

/** above / below in the format. A number half way between two is rounded up if it is an integer, down if not, as by GNU as. */
function roundedBits(
  above: bigint,
  below: bigint,
  format: { exponent: number; fraction: number },
): bigint | 'overflow' {
  const bias = (1 << (format.exponent - 1)) - 1;
  const exponent = binaryExponent(above, below);
  if (exponent > bias) return 'overflow';
  const least = Math.max(exponent, 1 - bias) - format.fraction;
  const dividend = least < 0 ? above << BigInt(-least) : above;
  const divisor = least < 0 ? below : below << BigInt(least);
  let significand = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  if (twice > divisor || (twice === divisor && above % below === 0n)) significand++;
  if (exponent < 1 - bias) return significand;
  return (BigInt(exponent + bias - 1) << BigInt(format.fraction)) + significand;
}

/** The greatest n with 2 ** n <= above / below. */
function binaryExponent(above: bigint, below: bigint): number {
  const guess = above.toString(2).length - below.toString(2).length;
  const reaches = guess >= 0 ? above >= below << BigInt(guess) : above << BigInt(-guess) >= below;
  return reaches ? guess : guess - 1;
}
