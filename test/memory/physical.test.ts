/** The physical address map: RAM by physical address, devices beside it, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Device, PhysicalMemory } from '../../sim/memory/physical.ts';

const BASE = 0x4000_0000n;

function device(name: string, base: bigint, size = 0x1000): Device {
  return { name, base, size, read: () => 0n, write: () => {} };
}

test('RAM is little-endian by physical address, at any alignment', () => {
  const ram = new PhysicalMemory(BASE, 0x2000);
  ram.write64(BASE + 0xffdn, 0x1122_3344_5566_7788n);
  assert.equal([...ram.readBytes(BASE + 0xffdn, 8)], [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
  for (const [size, value] of [
    [1, 0x88n],
    [2, 0x7788n],
    [4, 0x5566_7788n],
    [8, 0x1122_3344_5566_7788n],
  ] as const) {
    assert.is(ram.read(BASE + 0xffdn, size), value);
  }
  ram.writeBytes(BASE, Uint8Array.of(1, 2, 3, 4));
  assert.is(ram.read32(BASE), 0x0403_0201);
  ram.write32(BASE + 4n, 0xffff_ffff);
  assert.is(ram.read64(BASE), 0xffff_ffff_0403_0201n);
  for (const size of [1, 2, 4, 8]) {
    ram.write64(BASE, 0n);
    ram.write(BASE, size, -1n);
    assert.is(ram.read64(BASE), (1n << BigInt(8 * size)) - 1n, `${size} bytes`);
  }
});

test('an address outside RAM is refused with the address and where RAM is', () => {
  const ram = new PhysicalMemory(BASE, 0x2000);
  const message = /8 bytes at physical address 0x40001ff9 are outside RAM \(0x40000000 to 0x40002000\)/;
  assert.throws(() => ram.read64(BASE + 0x1ff9n), message);
  assert.throws(() => ram.read64(BASE - 1n), /0x3fffffff/);
  assert.throws(() => ram.writeBytes(BASE + 0x1fffn, new Uint8Array(2)), /2 bytes/);
  assert.is(ram.hasRam(BASE + 0x1ff8n, 8), true);
  assert.is(ram.hasRam(BASE + 0x1ff8n, 9), false);
  assert.is(ram.offsetOf(Number(BASE) + 0x1fff), 0x1fff);
  assert.is(ram.offsetOf(Number(BASE) + 0x2000), -1);
  assert.is(ram.offsetOf(Number(BASE) - 1), -1);
});

test('RAM is made of whole pages within limits', () => {
  assert.throws(() => new PhysicalMemory(BASE + 1n, 0x1000), /RAM base 0x40000001/);
  assert.throws(() => new PhysicalMemory(1n << 48n, 0x1000), /RAM base/);
  assert.throws(() => new PhysicalMemory(BASE, 0x1001), /RAM size 4097/);
  assert.throws(() => new PhysicalMemory(BASE, 2 ** 31), /up to 2147479552 bytes/);
});

test('a device answers for its own addresses', () => {
  const ram = new PhysicalMemory(BASE, 0x2000);
  const [uart, gic] = [device('uart', 0x900_0000n), device('gic', 0x800_0000n, 0x2_0000)];
  ram.addDevice(uart);
  ram.addDevice(gic);
  assert.is(ram.deviceAt(0x900_0fff), uart);
  assert.is(ram.deviceAt(0x801_ffff), gic);
  assert.is(ram.deviceAt(0x802_0000), undefined);
  assert.equal(ram.devices, [uart, gic]);
});

test('a device that overlaps something, or is not made of pages, is refused', () => {
  const ram = new PhysicalMemory(BASE, 0x2000);
  ram.addDevice(device('uart', 0x900_0000n));
  assert.throws(() => ram.addDevice(device('other', 0x8ff_f000n, 0x2000)), /device other overlaps device uart/);
  assert.throws(() => ram.addDevice(device('other', BASE + 0x1000n)), /device other overlaps RAM/);
  assert.throws(() => ram.addDevice(device('other', 0x100n)), /not made of whole 4 KB pages/);
  assert.throws(() => ram.addDevice(device('other', 0x1000n, 0x100)), /not made of whole 4 KB pages/);
});

test.run();
