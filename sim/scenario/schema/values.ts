/** Numbers and expressions as scenarios write them. */
import * as z from 'zod';

/** Integers up to 2^64 - 1: YAML integers, or strings in hexadecimal or decimal ('0x1f', '-1' is 2^64 - 1). */
export const word64 = z
  .union([z.bigint(), z.string().regex(/^-?(0[xX][0-9a-fA-F_]+|[0-9]+)$/)], {
    error: 'expected an integer',
  })
  .transform((value) => (typeof value === 'bigint' ? value : integerOf(value)))
  .refine((value) => value >= -(1n << 63n) && value < 1n << 64n, 'expected an integer of at most 64 bits')
  .transform((value) => BigInt.asUintN(64, value));

function integerOf(text: string): bigint {
  const digits = text.replaceAll('_', '');
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

/** An integer from `low` to `high`. */
export const count = (low: number, high: number) =>
  z
    .bigint({ error: `expected an integer from ${low} to ${high}` })
    .refine((n) => n >= BigInt(low) && n <= BigInt(high), `expected an integer from ${low} to ${high}`)
    .transform(Number);

const VALUE = 'expected an integer of at most 64 bits, or an expression over constants of the kernel headers';
/** An integer, or an expression over the kernel headers' own constants, such as 'HCR_GUEST_FLAGS & ~HCR_TVM'. */
export const value = z.union([word64, z.string().regex(/[A-Za-z_]/, VALUE)], { error: VALUE });
export type ScenarioValue = z.infer<typeof value>;

/** Values by name. */
export const fields = z.record(z.string(), value);
