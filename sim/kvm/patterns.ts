/**
 * Values that tell whose a register is: each side of a world switch starts with a different one in every register, so
 * that a register that is lost, swapped or left behind shows.
 */

export type Side = 'host' | 'guest';

/** The upper half of a full-width value: the side in ASCII letters, as in the fixtures' own code. */
const TAGS: Readonly<Record<Side, bigint>> = { host: 0x484f5354n << 32n, guest: 0x47554553n << 32n };

/**
 * A value for register `name` on `side` that keeps to the writable bits `mask`: not zero, and not the other side's, as
 * far as the mask leaves room. The same arguments give the same value.
 */
export function patternFor(side: Side, name: string, mask: bigint): bigint {
  const last = lastPatterns[side].get(name);
  if (last?.mask === mask) return last.value;
  const value = makePattern(side, name, mask);
  lastPatterns[side].set(name, { mask, value });
  return value;
}

/** What was made last for each register: a catalogue of scenarios asks for the same again and again. */
const lastPatterns: Readonly<Record<Side, Map<string, { readonly mask: bigint; readonly value: bigint }>>> = {
  host: new Map(),
  guest: new Map(),
};

function makePattern(side: Side, name: string, mask: bigint): bigint {
  if (side === 'host') return firstOf('host', name, mask, []);
  return firstOf('guest', name, mask, [firstOf('host', name, mask, [])]);
}

/** Attempts with the side's tag, and in all, after which a mask is taken to be too narrow for a value of its own. */
const TAGGED_ATTEMPTS = 32;
const ATTEMPTS = 64;

function firstOf(side: Side, name: string, mask: bigint, taken: readonly bigint[]): bigint {
  for (let salt = 0; salt < ATTEMPTS; salt++) {
    const text = `${side} ${name} ${salt}`;
    const upper = salt < TAGGED_ATTEMPTS ? TAGS[side] : BigInt(hash(`upper ${text}`)) << 32n;
    const value = (upper | BigInt(hash(text))) & mask;
    if (value !== 0n && !taken.includes(value)) return value;
  }
  return 0n;
}

/** FNV-1a, 32 bits (the Fowler-Noll-Vo hash, draft-eastlake-fnv). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
