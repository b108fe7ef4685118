import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Diagnostic, diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { loadScenario, parseScenario } from '../../sim/scenario/load.ts';

const shortest = 'name: s\nhost: { code: h.S }\nguest: { code: g.S }\n';

function faults(text: string): string[] {
  try {
    parseScenario('s.yaml', text);
  } catch (error) {
    const diagnostics: readonly Diagnostic[] | undefined = diagnosticsOf(error);
    if (diagnostics === undefined) throw error;
    return diagnostics.map(({ place, message }) => {
      const at = place === undefined ? undefined : positionOf(place);
      return `${at?.line}:${at?.column}: ${message}`;
    });
  }
  return [];
}

test('a scenario of three keys has every default filled in', () => {
  const { scenario } = parseScenario('s.yaml', shortest);
  assert.is(scenario.sources, 'after');
  assert.is(scenario.machine.breakpoints, 6);
  assert.is(scenario.guest.address, 0x8000_0000n);
  assert.is(scenario.expect.preserved, true);
});

test('integers are 64 bits wide, in decimal, hexadecimal, or negative', () => {
  const { scenario } = parseScenario(
    's.yaml',
    `${shortest}vcpu: { a: 0xffffffffffffffff, b: -1, c: "0x1_0000", d: HCR_RW | HCR_VM }\n`,
  );
  assert.equal(scenario.vcpu, {
    a: 2n ** 64n - 1n,
    b: 2n ** 64n - 1n,
    c: 0x1_0000n,
    d: 'HCR_RW | HCR_VM',
  });
});

test('an unknown key is told with its own line and column and the keys there are', () => {
  assert.equal(faults(`${shortest}machine:\n  breakpoint: 6\n`), [
    "5:3: unknown key 'breakpoint'; known here: cpu, breakpoints, watchpoints, gic, mmu, ram, features",
  ]);
});

test('a value out of range is told with the place of the value', () => {
  assert.equal(faults(`${shortest}machine: { breakpoints: 17 }\n`), [
    '4:25: machine.breakpoints: expected an integer from 1 to 16',
  ]);
  assert.match(faults(`${shortest}vcpu: { a: 0x10000000000000000 }\n`)[0]!, /^4:12: vcpu\.a: .*64 bits/);
});

test('a missing key, a wrong type and text that is no YAML each give one message', () => {
  assert.equal(faults('name: s\nguest: { code: g.S }\n'), ['1:1: host: this key is required']);
  assert.equal(faults('- 1\n'), ['1:1: expected a mapping, not a list']);
  assert.equal(faults('hello\n'), ['1:1: expected a mapping, not text']);
  assert.equal(faults(`${shortest}vcpu:\n`), ['4:6: vcpu: expected a mapping, not nothing']);
  assert.equal(faults(`${shortest}expect: { exits: 3 }\n`), ['4:18: expect.exits: expected a list, not an integer']);
  assert.equal(faults(`${shortest}machine: { gic: v4 }\n`), ['4:17: machine.gic: expected one of v2, v3']);
  assert.equal(faults(`${shortest}---\nname: t\n`), ['4:1: a scenario is one document, and here a second begins']);
  assert.equal(faults(`${shortest}vcpu: { a: 1/0 }\n`), [
    '4:12: vcpu.a: expected an integer of at most 64 bits, or an expression over constants of the kernel headers',
  ]);
  assert.is(faults(`name: [\n`).length, 1);
  assert.match(faults(`${shortest}name: t\n`)[0]!, /^4:1: Map keys must be unique/);
});

test('the faults of your own sources are told where they are', () => {
  const sources = (text: string) => faults(`${shortest}sources: ${text}\n`);
  const together = 'expected kernel alone, or hyp, include and offsets together';
  assert.equal(sources('{ kernel: ../linux }'), []);
  assert.equal(sources('{ kernel: t, hyp: h }'), [`4:20: sources.kernel: ${together}`]);
  assert.equal(sources('{ hyp: h }'), [`4:17: sources.hyp: ${together}`]);
  assert.equal(sources('{ kernal: t }'), ["4:12: unknown key 'kernal'; known here: kernel, hyp, include, offsets"]);
  assert.match(sources('{ kernel: 3 }')[0]!, /^4:20: sources\.kernel: expected text, not an integer/);
  assert.equal(sources('other'), ['4:10: sources: expected after, before, or a mapping of paths']);
});

test('a file that is not there is told by its path', () => {
  assert.throws(() => loadScenario('no/such.yaml', new MemoryFiles()), /no scenario file 'no\/such\.yaml'/);
});

test.run();
