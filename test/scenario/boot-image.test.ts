/** Scenarios as bare-metal images, run in a machine that has nothing but the file. */

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import type { Image } from '../../asm/link/image.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { PC, X0 } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import type { ReadyMachine } from '../../sim/scenario/ready.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { fixtures, hypSource, readyWith, roundTrip, withReplaced } from './world-switch.ts';

const LIMIT = 20_000;

/** Runs the file to its semihosting exit; the machine, and the subcode of SYS_EXIT. */
function runImage(elf: Uint8Array): { machine: Machine; image: Image; status: bigint } {
  const image = imageFromElf(readElf(elf));
  const machine = new Machine({
    model: cpuModel('cortex-a53'),
    ram: { base: 0x4000_0000n, size: 16 << 20 },
    gicV2: { control: 0x0803_0000n, cpuInterface: 0x0804_0000n },
  });
  for (const { address, bytes } of image.segments) machine.physical.writeBytes(address, bytes);
  machine.cpu.cells[PC] = image.entry!;
  machine.cpu.refresh();
  let ended = false;
  machine.semihosting = () => {
    ended = true;
  };
  assert.ok(machine.run(LIMIT, () => ended) < LIMIT, 'the program ends');
  assert.is(machine.cpu.cells[X0], 0x18n, 'SYS_EXIT');
  return { machine, image, status: machine.physical.read64(image.symbol('boot_exit_block')!.address + 8n) };
}

/** The vcpu's bytes, and the values of the registers a world switch moves, as a run of the scenario leaves them. */
function afterRun(ready: ReadyMachine): { vcpu: Uint8Array; exits: number } {
  const run = new ScenarioRun(ready);
  assert.is(run.finish().kind, 'done');
  return { vcpu: vcpuBytes(ready, ready.machine), exits: run.exits.length };
}

function vcpuBytes({ memory, vm }: ReadyMachine, machine: Machine): Uint8Array {
  return machine.physical.readBytes(memory.physicalAddress(vm.vcpu)!, 4096);
}

const scenario = readFileSync(roundTrip, 'utf8');
const variations: Readonly<Record<string, string>> = {
  'the round trip': scenario,
  'four entries': `${scenario.replace('exits: [ARM_EXCEPTION_TRAP]\n', 'exits: []\n')}entries: 4\n`,
  'the MMU off': scenario.replace('machine:\n', 'machine:\n  mmu: false\n'),
};

for (const [name, text] of Object.entries(variations)) {
  test(`${name}: the image ends well, with the vcpu as the scenario leaves it`, () => {
    const ready = readyWith({ scenario: text });
    const { machine, status } = runImage(bareMetalImage(readyWith({ scenario: text }), fixtures));
    assert.is(status, 0n);
    const { vcpu } = afterRun(ready);
    assert.equal(vcpuBytes(ready, machine), vcpu);
  });
}

test('what sends the host to panic ends the image with status 1', () => {
  const hyp = withReplaced(hypSource(), 'ENTRY(__kvm_vcpu_run)\n', 'ENTRY(__kvm_vcpu_run)\n\tudf\t#0\n');
  assert.is(runImage(bareMetalImage(readyWith({ hyp }), fixtures)).status, 1n);
});

test('the file has the symbols and lines of hyp and guest code, at physical addresses', () => {
  const { image } = runImage(bareMetalImage(readyWith(), fixtures));
  const { address } = image.symbol('__kvm_vcpu_run')!;
  assert.ok(address > 0x4008_0000n && address < 0x4100_0000n);
  assert.match(image.lineAt(address)!.file, /hyp\.S$/);
  assert.match(image.lineAt(image.symbol('guest_start')!.address)!.file, /guest-round-trip\.S$/);
});

test.run();
