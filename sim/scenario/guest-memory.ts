/** Whether the guest's code, its memory and its devices lie beside each other, where a guest has addresses. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { GUEST_PHYSICAL_BITS } from '../kvm/stage2.ts';
import type { LoadedScenario } from './load.ts';

const END = 1n << BigInt(GUEST_PHYSICAL_BITS);

interface Range {
  readonly what: string;
  readonly keys: readonly PropertyKey[];
  readonly address: bigint;
  readonly size: bigint;
}

/**
 * Throws SourceError, at the place of the key, where the code, of `codeSize` bytes, the memory or a device goes beyond the
 * last guest physical address, where memory overlaps, and where a device lies in memory that the guest writes: none of
 * its accesses would come to user space.
 */
export function checkGuestMemory(loaded: LoadedScenario, codeSize: number): void {
  const { guest, memory, devices } = loaded.scenario;
  const code: Range = { what: 'the guest', keys: ['guest'], address: guest.address, size: BigInt(codeSize) };
  const slots = memory.map(({ address, size }, n): Range => ({ what: 'memory', keys: ['memory', n], address, size }));
  const found = devices.map(
    ({ address, size }, n): Range => ({
      what: 'the device',
      keys: ['devices', n],
      address,
      size,
    }),
  );
  for (const one of [code, ...slots, ...found]) {
    if (one.address + one.size <= END) continue;
    fail(loaded, one, `goes beyond the ${GUEST_PHYSICAL_BITS} bits of a guest physical address`);
  }
  const memories = [code, ...slots];
  for (const [n, slot] of slots.entries()) refuseOverlap(loaded, slot, memories.slice(0, n + 1));
  const written = [code, ...slots.filter((_, n) => !memory[n]!.readonly)];
  for (const device of found) refuseOverlap(loaded, device, written);
}

function refuseOverlap(loaded: LoadedScenario, one: Range, others: readonly Range[]): void {
  const other = others.find(({ address, size }) => address < one.address + one.size && one.address < address + size);
  if (other !== undefined) fail(loaded, one, `overlaps ${other.what} at ${extent(other)}`);
}

function fail(loaded: LoadedScenario, one: Range, fault: string): never {
  throw new SourceError(`${one.what} at ${extent(one)} ${fault}`, loaded.placeOf(...one.keys, 'address'));
}

function extent({ address, size }: Range): string {
  return `0x${address.toString(16)} to 0x${(address + size).toString(16)}`;
}
