/** Scenarios whose guest, memory and devices do not fit beside each other: one diagnostic, at the key at fault. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { fixtures } from './world-switch.ts';

const folder = `${fixtures}/scenarios`;
const code = '\t.text\n\t.globl guest_start\nguest_start:\n\thvc #0\n';
const files = new MemoryFiles(
  {
    [`${folder}/small.S`]: code,
    [`${folder}/large.S`]: `${code}\t.space 0x800000\n`,
    [`${folder}/nameless.S`]: '\tnop\n',
  },
  new NodeFiles(),
);
const builds = new KernelBuilds({ files, fixtures });

/** `line:column: message` of the fault; lines 1 and 2 are the name and the host, and `keys` come from line 3 on. */
function fault(...keys: string[]): string | undefined {
  const text = ['name: s', 'host: { code: ../guests/host.S }', ...keys, ''].join('\n');
  try {
    prepareScenario(parseScenario(`${folder}/s.yaml`, text), builds);
  } catch (error) {
    const [diagnostic] = diagnosticsOf(error) ?? [];
    if (diagnostic?.place === undefined) throw error;
    const { line, column } = positionOf(diagnostic.place);
    return `${line}:${column}: ${diagnostic.message.replaceAll(`${folder}/`, '')}`;
  }
  return undefined;
}

const guest = 'guest: { code: small.S }';

test('a guest is linked at whole pages of its 40-bit address space', () => {
  assert.is(
    fault('guest: { code: small.S, address: 0x80000004 }'),
    '3:34: guest.address: expected a multiple of 0x1000',
  );
  assert.is(
    fault('guest: { code: small.S, address: 0xfffffff000 }'),
    '3:34: the guest at 0xfffffff000 to 0x1000000f000 goes beyond the 40 bits of a guest physical address',
  );
  assert.is(fault('guest: { code: small.S, address: 0xffffff0000 }'), undefined);
});

test('memory overlaps neither the guest nor other memory', () => {
  assert.is(
    fault(guest, 'memory: [{ address: 0x80000000, size: 0x1000 }]'),
    '4:21: memory at 0x80000000 to 0x80001000 overlaps the guest at 0x80000000 to 0x80010000',
  );
  assert.is(
    fault(
      guest,
      'memory:',
      '  - { address: 0x90000000, size: 0x2000 }',
      '  - { address: 0x90001000, size: 0x1000, readonly: true }',
    ),
    '6:16: memory at 0x90001000 to 0x90002000 overlaps memory at 0x90000000 to 0x90002000',
  );
  assert.is(fault(guest, 'memory: [{ address: 0x90000000, size: 0 }]'), '4:39: memory.0.size: expected a size above 0');
});

test('a device lies where accesses come to user space: in no memory, or in memory that is read-only', () => {
  assert.is(
    fault(guest, 'devices: [{ address: 0x8000f800 }]'),
    '4:22: the device at 0x8000f800 to 0x80010800 overlaps the guest at 0x80000000 to 0x80010000',
  );
  const memory = (more: string) => `memory: [{ address: 0x90000000, size: 0x1000${more} }]`;
  assert.is(
    fault(guest, memory(''), 'devices: [{ address: 0x90000ff8, size: 8 }]'),
    '5:22: the device at 0x90000ff8 to 0x90001000 overlaps memory at 0x90000000 to 0x90001000',
  );
  assert.is(fault(guest, memory(', readonly: true'), 'devices: [{ address: 0x90000ff8, size: 8 }]'), undefined);
  assert.is(
    fault(guest, 'devices: [{ address: 0x9000000, size: 0 }]'),
    '4:39: devices.0.size: expected a size above 0',
  );
});

test('what does not fit into RAM is told with the key that gives more', () => {
  const told = /^(\d+:\d+): no room in RAM for \d+ bytes: give the machine more \(key 'machine\.ram', in MiB\)$/;
  const memory = 'memory: [{ address: 0x90000000, size: 0x800000 }]';
  assert.is(told.exec(fault('machine: { ram: 8 }', guest, memory) ?? '')?.[1], '3:17');
  assert.is(told.exec(fault('machine: { ram: 8 }', 'guest: { code: large.S }') ?? '')?.[1], '3:17');
  assert.is(fault('machine: { ram: 32 }', guest, memory), undefined);
});

test('code that is not there, and code without its entry, are told where the scenario names it', () => {
  assert.is(fault('guest: { code: gone.S }'), '3:16: gone.S: no such file');
  assert.is(
    fault('guest: { code: nameless.S }'),
    "3:16: nameless.S defines no symbol 'guest_start', which the machine needs",
  );
});

test.run();
