import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { parseCombinations } from '../../sim/scenario/load.ts';

const shortest = 'name: s\nhost: { code: h.S }\nguest: { code: g.S }\n';

function combinations(matrix: string) {
  return parseCombinations('s.yaml', `${shortest}matrix: ${matrix}\n`);
}

function faults(matrix: string): string[] {
  try {
    combinations(matrix);
  } catch (error) {
    return diagnosticsOf(error)!.map(({ place, message }) => {
      const at = positionOf(place!);
      return `${at.line}:${at.column}: ${message}`;
    });
  }
  return [];
}

test('a matrix makes one scenario for each combination, the last key varying fastest', () => {
  const all = combinations('{ machine.breakpoints: 1-3, machine.gic: [v2, v3] }');
  assert.equal(
    all.map(({ scenario }) => `${scenario.machine.breakpoints} ${scenario.machine.gic}`),
    ['1 v2', '1 v3', '2 v2', '2 v3', '3 v2', '3 v3'],
  );
  assert.is(all[3]!.combination, 'machine.breakpoints 2, machine.gic v3');
});

test('a scenario without a matrix is its one combination, and has no name for it', () => {
  const all = parseCombinations('s.yaml', shortest);
  assert.is(all.length, 1);
  assert.is(all[0]!.combination, undefined);
});

test('combinations are chosen by some or all of their values, as their own text has them', () => {
  const text = `${shortest}matrix: { machine.breakpoints: 1-12, machine.gic: [v2, v3] }\n`;
  const chosen = (values: string) => parseCombinations('s.yaml', text, { with: values }).map((one) => one.combination);
  assert.equal(chosen('machine.breakpoints 1, machine.gic v3'), ['machine.breakpoints 1, machine.gic v3']);
  assert.equal(chosen('machine.gic v3').length, 12);
  assert.equal(chosen('machine.breakpoints 12'), [
    'machine.breakpoints 12, machine.gic v2',
    'machine.breakpoints 12, machine.gic v3',
  ]);
  for (const one of parseCombinations('s.yaml', text)) assert.equal(chosen(one.combination!), [one.combination]);
});

test('a choice that names no combination is told with what there is', () => {
  const text = `${shortest}matrix: { machine.breakpoints: 1-3, machine.gic: [v2, v3] }\n`;
  const message = (values: string, of = text) => {
    try {
      parseCombinations('s.yaml', of, { with: values });
      return undefined;
    } catch (error) {
      return diagnosticsOf(error)?.[0]?.message;
    }
  };
  const start = (values: string) => `s.yaml: no combination with '${values}': `;
  for (const [values, rest] of [
    ['machine.breakpoints 4', 'machine.breakpoints is one of 1, 2, 3'],
    [
      'machine.gic v2, machine.breakpoints',
      "'machine.breakpoints' is none of machine.breakpoints, machine.gic with a value",
    ],
    ['machine.break 1', "'machine.break 1' is none of machine.breakpoints, machine.gic with a value"],
    ['', "'' is none of machine.breakpoints, machine.gic with a value"],
  ] as const) {
    assert.is(message(values), `${start(values)}${rest}`);
  }
  assert.is(message('machine.gic v2', shortest), `${start('machine.gic v2')}there is no matrix`);
});

test('what stands behind vcpu in a dotted key is one path of the struct', () => {
  const all = combinations('{ vcpu.arch.debug_flags: [0, 1] }');
  assert.equal(
    all.map(({ scenario }) => scenario.vcpu),
    [{ 'arch.debug_flags': 0n }, { 'arch.debug_flags': 1n }],
  );
});

test('a list element is varied by its number', () => {
  const text = `${shortest}events: [{ raise: irq, at: { step: 5 } }]\nmatrix: { events.0.at.step: [7, 9] }\n`;
  const steps = parseCombinations('s.yaml', text).map(({ scenario }) => scenario.events[0]!.at.step);
  assert.equal(steps, [7, 9]);
});

test('the place of a varied value is where the matrix gives it', () => {
  const { placeOf } = combinations('{ machine.breakpoints: [1, 2] }')[1]!;
  assert.equal(positionOf(placeOf('machine', 'breakpoints')), { name: 's.yaml', line: 4, column: 36 });
});

test('each fault of a matrix is told once, at its place', () => {
  assert.equal(faults('{ machine.breakpoint: 1-3 }'), [
    "4:11: matrix.machine.breakpoint: a matrix varies keys of scenarios, and 'machine.breakpoint' is none; known " +
      'there: cpu, breakpoints, watchpoints, gic, mmu, ram, features',
  ]);
  assert.equal(faults('{ machine.breakpoints: 1-17 }'), [
    '4:32: machine.breakpoints: expected an integer from 1 to 16',
  ]);
  assert.equal(faults('{ machine.gic: [v2, v4], entries: 1-3 }').length, 1);
  assert.match(faults('{ machine.breakpoints: 16-1 }')[0]!, /^4:32: .*expected the smaller number first/);
  assert.match(faults('{ machine.breakpoints: 3 }')[0]!, /expected a list of values, or a range such as '1-16'/);
});

test('a matrix with too many combinations is refused with its limit', () => {
  assert.equal(faults('{ machine.breakpoints: 1-16, machine.watchpoints: 1-16, entries: 1-17 }'), [
    '4:1: matrix: 4352 combinations, which is more than the limit of 4096',
  ]);
  assert.match(faults('{ entries: 1-5000 }')[0]!, /5000 values, which is more than the limit of 4096/);
});

test.run();
