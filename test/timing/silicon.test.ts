import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { Laboratory } from './measure.ts';
import { microbenchmarks } from './microbenchmarks.ts';
import { measurements } from './silicon-cortex-a53.ts';

/** What the model may be off, and the step in which the table gives its figures. */
const TOLERANCE = 0.05;
const ROUNDING = 0.005;

/** Rows that are not compared, and why; of `latency`, only that column. */
const NEEDS_FCMP = 'FCMP is not in the instruction table';
const NEEDS_VECTOR_EOR = 'EOR (vector) is not in the instruction table';
const NEEDS_VECTOR_ADD = 'measured through ADD (vector), which is not in the instruction table';
const THRASHES = 'its code does not fit the instruction cache, whose misses it measures too';

function whyNot(section: string, instruction: string, column: 'latency' | 'throughput'): string | undefined {
  if (instruction.includes('full random')) return THRASHES;
  if (instruction.startsWith('fcmp')) return NEEDS_FCMP;
  if (instruction.startsWith('eor.b')) return NEEDS_VECTOR_EOR;
  return section === 'Vector load' && column === 'latency' ? NEEDS_VECTOR_ADD : undefined;
}

/** Rows that the model is known to miss; see docs/timing.md. */
const missed = new Set(['Branch / adr -> br (pc+4) // add (chain)']);

const laboratory = new Laboratory(new CortexA53());
const printsTable = process.env.HYPSTEP_TABLE === '1';

/** The figures of one row side by side, as lines; those that are off are reported to `off`. */
function compareRow(
  section: string,
  row: { instruction: string; latency?: number; throughput?: number },
  off: string[],
): string {
  const { instruction } = row;
  const benchmark = microbenchmarks[section]?.[instruction];
  const modelled = benchmark && laboratory.measure(benchmark);
  const cells = (['latency', 'throughput'] as const).map((column) => {
    const expected = row[column];
    if (expected === undefined) return '-'.padStart(15);
    const reason = whyNot(section, instruction, column);
    const actual = modelled?.[column];
    if (reason !== undefined) return `${expected.toFixed(2)} (not run)`.padStart(15);
    const isOff = actual === undefined || Math.abs(actual - expected) > TOLERANCE * expected + ROUNDING;
    if (isOff) off.push(`${section} / ${instruction}`);
    return `${expected.toFixed(2)} ${actual?.toFixed(2)}${isOff ? ' OFF' : ''}`.padStart(15);
  });
  return `${section.padEnd(48)} ${instruction.padEnd(50)} ${cells.join('')}`;
}

for (const [section, rows] of measurements) {
  test(`${section}: latency and throughput of every row are within 5 % of the silicon's`, () => {
    const off: string[] = [];
    for (const row of rows) {
      const line = compareRow(section, row, off);
      if (printsTable) console.log(line);
    }
    assert.equal(
      off.filter((name) => !missed.has(name)),
      [],
    );
  });
}

test('the rows said to be missed are missed: one that fits is to be taken off the list', () => {
  const off: string[] = [];
  for (const name of missed) {
    const [section, instruction] = name.split(' / ') as [string, string];
    compareRow(section, measurements.get(section)!.find((row) => row.instruction === instruction)!, off);
  }
  assert.equal([...new Set(off)], [...missed]);
});

test.run();
