/**
 * `npm run bench`: speeds, each beside a peer or a second way measured in the same run, since absolute times mean little on
 * a shared machine. `--short` takes fewer rounds.
 */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { assembleKernel, fixturePaths, readKernel } from '../../sim/scenario/kernel-sources.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { fixtures, readyWith } from '../scenario/world-switch.ts';
import { benchMachine } from './integer-block.ts';

const short = process.argv.includes('--short');
const rounds = short ? 3 : 15;
const program = new URL('../../dist/load.cjs', import.meta.url).pathname;

/** The median of `count` runs of `body`, in milliseconds. */
function median(count: number, body: () => void): number {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    body();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[count >> 1]!;
}

function command(file: string, ...words: string[]): void {
  const { error, status } = spawnSync(file, words, { stdio: 'ignore' });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${file} ${words.join(' ')}: status ${status}`);
}

function row(what: string, value: number, unit: string, peer: string, peerValue: number): void {
  const number = (n: number) => n.toLocaleString('en', { maximumFractionDigits: n < 100 ? 1 : 0 });
  const ratio = (value / peerValue).toFixed(2);
  console.log(
    `${what.padEnd(44)} ${number(value).padStart(12)} ${unit.padEnd(8)} ${peer.padEnd(30)} ${number(peerValue).padStart(12)}  x${ratio}`,
  );
}

function startUp(): void {
  const node = median(rounds, () => command(process.execPath, '-e', '0'));
  row(
    'hypstep run, cold, the default scenario',
    median(rounds, () => command(process.execPath, program, 'run')),
    'ms',
    'node -e 0',
    node,
  );
  row(
    'hypstep --version, cold',
    median(rounds, () => command(process.execPath, program, '--version')),
    'ms',
    'node -e 0',
    node,
  );
}

function assembling(): void {
  const files = new NodeFiles();
  const paths = fixturePaths(fixtures, 'after');
  const offsets = readKernel(paths, files);
  const headers = median(rounds, () => {
    readKernel(paths, files);
  });
  const warm = median(rounds, () => {
    assembleKernel(paths, files, offsets);
  });
  row('assemble hyp.S and vgic-v2, v3, warm', warm, 'ms', 'read headers, lay out offsets', headers);
}

function stepping(): void {
  const steps = short ? 400_000 : 4_000_000;
  const perSecond = (count: number, milliseconds: number) => (1000 * count) / milliseconds;
  const plain = benchMachine();
  plain.run(100_000);
  const functional = perSecond(
    steps,
    median(3, () => plain.run(steps)),
  );
  const machine = benchMachine();
  const recording = new Recording(machine, new CortexA53());
  const recorded = steps >> 2;
  const start = performance.now();
  for (let n = 0; n < recorded; n++) recording.step();
  const withRecording = perSecond(recorded, performance.now() - start);
  row('integer block, MMU off, recorded and timed', withRecording, 'steps/s', 'the same, not recorded', functional);
  console.log(`  ${(recording.memoryUsed / recording.length).toFixed(1)} bytes a recorded step`);
}

function worldSwitch(): void {
  const run = new ScenarioRun(readyWith());
  const start = performance.now();
  run.finish();
  const time = performance.now() - start;
  const { recording } = run.ready;
  const back = median(3, () => {
    recording.seek(0);
    recording.seek(recording.length);
  });
  row('round trip, first run, recorded', time, 'ms', 'undo all of it and do it again', back);
  console.log(`  ${(recording.memoryUsed / recording.length).toFixed(1)} bytes a recorded step`);
}

startUp();
assembling();
stepping();
worldSwitch();
