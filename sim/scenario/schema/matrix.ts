/** The key `matrix`. */
import * as z from 'zod';

/** The most combinations of a matrix. */
export const MAX_COMBINATIONS = 4096;

/** The values that a key takes in turn: a list, or from and to, both included: '1-16'. */
export const varied = z.unknown().transform((value, context): readonly unknown[] => {
  const wrong = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (Array.isArray(value) && value.length > 0) return value;
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(String(value)) ?? [];
  if (from === undefined || to === undefined) return wrong("expected a list of values, or a range such as '1-16'");
  const length = Number(to) - Number(from) + 1;
  if (length < 1) return wrong('expected the smaller number first');
  if (length > MAX_COMBINATIONS) return wrong(`${length} values, which is more than the limit of ${MAX_COMBINATIONS}`);
  return Array.from({ length }, (_, n) => BigInt(from) + BigInt(n));
});
