/** A golden trace notices the loss of any one instruction of __save_debug, executed or skipped on this machine. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { disassemble } from '../../asm/a64/print.ts';
import { compareWithGolden } from '../../sim/check/golden.ts';
import { reportRun } from '../../sim/check/report.ts';
import { textLines } from '../../sim/formats/text.ts';
import { fixtures, hypSource, readyWith } from './world-switch.ts';

const golden = readFileSync(`${fixtures}/golden/round-trip.txt`, 'utf8');

/** The instructions of __save_debug with all macros expanded, each under a label of its own that branches refer to. */
function expandedRoutine(): string[] {
  const { kernel } = readyWith();
  const start = kernel.symbol('__save_debug')!.address;
  const end = kernel.symbol('__restore_debug')!.address;
  const segment = kernel.segmentAt(start)!;
  const words = new DataView(segment.bytes.buffer, segment.bytes.byteOffset);
  const label = (address: bigint) => `.Lsave_debug_${address - start}`;
  const lines: string[] = [];
  for (let address = start; address < end; address += 4n) {
    const word = words.getUint32(Number(address - segment.address), true);
    const text = disassemble(word, { address, target: label });
    lines.push(`${label(address)}: ${text.replace(/\t/g, ' ').replace(/[0-9a-f]+ <([^>]+)>/, '$1')}`);
  }
  return lines;
}

/** hyp.S with `lines` in the place of __save_debug's own text. */
function withRoutine(lines: readonly string[]): string {
  const source = hypSource();
  const start = source.indexOf('\n', source.indexOf('\n__save_debug:') + 1);
  const end = source.indexOf('/*', start);
  return `${source.slice(0, start)}\n${lines.join('\n')}\n${source.slice(end)}`;
}

/** Whether `hypstep test` would fail on `hyp`, and the lines it would show. */
function noticed(hyp: string): string[] {
  const ready = readyWith({ hyp });
  const report = reportRun(ready);
  const actual = [...textLines(ready.recording, { stable: true })].map((line) => `${line}\n`).join('');
  return [...report.failures, ...(compareWithGolden(golden, actual, { golden: 'golden', actual: 'this run' }) ?? [])];
}

const routine = expandedRoutine();
/** Every instruction where the oracles are required, as in .ci/run; elsewhere one in eight, which takes a few seconds. */
const stride = process.env.HYPSTEP_ORACLES === 'required' ? 1 : 8;

test('the routine written out instruction by instruction has the golden trace', () => {
  assert.ok(routine.length > 150);
  assert.equal(noticed(withRoutine(routine)), []);
});

test('any one instruction taken out is noticed, and the lines that differ are shown', () => {
  for (const [index, line] of routine.entries()) {
    if (index % stride !== 0) continue;
    // The label stays: what is taken out is the instruction.
    const without = routine.with(index, line.slice(0, line.indexOf(':') + 1));
    const shown = noticed(withRoutine(without));
    assert.ok(
      shown.some((text) => text.startsWith('-') || text.startsWith('+')),
      line,
    );
  }
});

test.run();
