/** Scenarios as bare-metal images, run on a board that has nothing but the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readElf } from '../../asm/elf/read.ts';
import { imageFromElf } from '../../asm/link/image-from-elf.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { bareMetalImage } from '../../sim/scenario/boot-image.ts';
import type { RecordedMachine } from '../../sim/scenario/ready.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { fixtures, hypSource, readyWith, roundTrip, withReplaced } from './world-switch.ts';

const LIMIT = 20_000;

/** Runs the file on a board to its semihosting exit; the machine, and the status. */
function runImage(elf: Uint8Array): { machine: Machine; status: number } {
  const ready = prepareBareMetal('a.elf', { files: new MemoryFiles({ 'a.elf': elf }), ram: 16 << 20 });
  const ending = new BareMetalRun(ready, LIMIT).finish();
  if (ending.kind !== 'exit') throw new Error(`the program does not end: ${ending.kind}`);
  return { machine: ready.machine, status: ending.status };
}

/** The vcpu's bytes, and the values of the registers a world switch moves, as a run of the scenario leaves them. */
function afterRun(ready: RecordedMachine): { vcpu: Uint8Array; exits: number } {
  const run = new ScenarioRun(ready);
  assert.is(run.finish().kind, 'done');
  return { vcpu: vcpuBytes(ready, ready.machine), exits: run.exits.length };
}

function vcpuBytes({ memory, vm }: RecordedMachine, machine: Machine): Uint8Array {
  return machine.physical.readBytes(memory.physicalAddress(vm.vcpu)!, 4096);
}

const scenario = readFileSync(roundTrip, 'utf8');
const variations: Readonly<Record<string, string>> = {
  'the round trip': scenario,
  'four entries': `${scenario.replace('exits: [ARM_EXCEPTION_TRAP]\n', 'exits: []\n')}entries: 4\n`,
  // The host handles the exit: it maps the page, and the abort's address goes into the vcpu.
  'an abort, three entries': withReplaced(
    withReplaced(scenario, 'guest-round-trip.S', 'guest-abort.S'),
    scenario.slice(scenario.indexOf('expect:')),
    'entries: 3\n',
  ),
  // The host makes a page writable that the guest has read: without TLB maintenance the guest would fault again.
  'a page that becomes writable': readFileSync(join(fixtures, 'scenarios/stage2-faults.yaml'), 'utf8'),
  'the MMU off': scenario.replace('machine:\n', 'machine:\n  mmu: false\n'),
};

for (const [name, text] of Object.entries(variations)) {
  test(`${name}: the image ends well, with the vcpu as the scenario leaves it`, () => {
    const ready = readyWith({ scenario: text });
    const { machine, status } = runImage(bareMetalImage(readyWith({ scenario: text }), fixtures));
    assert.is(status, 0);
    const { vcpu } = afterRun(ready);
    assert.equal(vcpuBytes(ready, machine), vcpu);
  });
}

test('what a file cannot have is refused, with its place in the scenario', () => {
  const refused = (text: string) => () => bareMetalImage(readyWith({ scenario: text }), fixtures);
  const event = withReplaced(scenario, 'expect:\n', 'events: [{ raise: irq, at: { step: 5 } }]\nexpect:\n');
  assert.throws(refused(event), /a bare-metal image cannot have interrupts from outside/);
  const aarch32 = withReplaced(
    scenario,
    '  address: 0x80000000\n',
    '  aarch32: true\n  exits: [{ esr: 0x46000000 }]\n',
  );
  assert.throws(refused(aarch32), /a bare-metal image cannot have a 32-bit guest/);
  assert.throws(
    refused(`${scenario}steps: 100\n`),
    /an image of it would not end: the run has been stopped at its limit of 100 steps: it was in/,
  );
});

test('what sends the host to panic ends the image with status 1', () => {
  const hyp = withReplaced(hypSource(), 'ENTRY(__kvm_vcpu_run)\n', 'ENTRY(__kvm_vcpu_run)\n\tudf\t#0\n');
  assert.is(runImage(bareMetalImage(readyWith({ hyp }), fixtures)).status, 1);
});

test('the file has the symbols and lines of hyp and guest code, at physical addresses', () => {
  const image = imageFromElf(readElf(bareMetalImage(readyWith(), fixtures)));
  const { address } = image.symbol('__kvm_vcpu_run')!;
  assert.ok(address > 0x4008_0000n && address < 0x4100_0000n);
  assert.match(image.lineAt(address)!.file, /hyp\.S$/);
  assert.match(image.lineAt(image.symbol('guest_start')!.address)!.file, /guest-round-trip\.S$/);
});

test.run();
