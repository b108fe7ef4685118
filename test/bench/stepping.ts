/** The speed of execution and of recording, beside Unicorn's and that of QEMU's log. */
import { Recording } from '../../sim/recording/recording.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { readyWith } from '../scenario/world-switch.ts';
import { ifInstalled, withQemu, withUnicorn } from './peers.ts';
import { INTEGER, loopMachine, SWITCH } from './programs.ts';
import { inTurn, median, middle, row, short, timeOf } from './table.ts';

const ROUNDS = short ? 3 : 7;
/** Recordings before the first that is measured, and those of a round, of which the fastest counts. */
const WARM_UP = 12;
const IN_A_ROW = 10;

export function benchStepping(): void {
  beside('integer block', INTEGER);
  mmuOnAndOff('integer block', INTEGER);
  mmuOnAndOff('switch block', SWITCH);
  recorded('integer block', INTEGER);
  recorded('switch block', SWITCH);
}

/**
 * A machine in the loop, whose instructions are all decoded, and what measures its steps a second while nobody looks on.
 * All of them are interpreted.
 */
function plain(block: string, mmu: 'on' | 'off'): () => number {
  const steps = short ? 1_000_000 : 4_000_000;
  const machine = loopMachine(block, mmu);
  machine.translateAfter = Number.POSITIVE_INFINITY;
  machine.run(200_000);
  return () => (1000 * steps) / timeOf(() => machine.run(steps));
}

/** The same of a machine that translates what it runs often: so many steps a round as Unicorn makes running free. */
function translated(block: string, mmu: 'on' | 'off'): () => number {
  const steps = 240_000_000;
  const machine = loopMachine(block, mmu);
  // The host compiles the translation in haste at first, and well only beside its first calls.
  machine.run(steps);
  return () => (1000 * steps) / timeOf(() => machine.run(steps));
}

/** Execution that nobody looks at, beside Unicorn in the three ways in which it can be made to run the same instructions. */
function beside(name: string, block: string): void {
  const ours = [translated(block, 'off'), translated(block, 'on'), plain(block, 'off')];
  const speeds = ifInstalled('Unicorn', () =>
    withUnicorn(block, (unicorn) =>
      inTurn(ROUNDS, [...ours, () => unicorn('step'), () => unicorn('hook'), () => unicorn('free')]),
    ),
  );
  if (speeds === undefined) return;
  const [off, on, interpreted, step, hook, free] = speeds as [number, number, number, number, number, number];
  row(`${name}, translated, MMU off`, off, 'steps/s', 'Unicorn, running free', free);
  row(`${name}, translated, MMU on`, on, 'steps/s', 'Unicorn, running free', free);
  row(`${name}, interpreted, MMU off`, interpreted, 'steps/s', 'Unicorn, a call for each step', step);
  row('', interpreted, 'steps/s', 'Unicorn, a hook on each step', hook);
  row('', interpreted, 'steps/s', 'translated', off);
}

/** V8 compiles for one machine and then anew for any: what is to be compared is run with both there. */
function mmuOnAndOff(name: string, block: string): void {
  const [on, off] = inTurn(ROUNDS, [plain(block, 'on'), plain(block, 'off')]) as [number, number];
  row(`${name}, interpreted, MMU on`, on, 'steps/s', 'MMU off', off);
}

/** Steps with everything kept and timed, from an empty recording on, beside QEMU's log and beside none of it. */
function recorded(name: string, block: string): void {
  const steps = short ? 300_000 : 1_000_000;
  let bytes = 0;
  const ours = () => {
    const recording = new Recording(loopMachine(block, 'off'), new CortexA53());
    const milliseconds = timeOf(() => recording.run(steps));
    bytes = recording.memoryUsed / steps;
    return (1000 * steps) / milliseconds;
  };
  const unrecorded = plain(block, 'off');
  // The first recordings get memory that the host's kernel has yet to find, page by page; later ones get it again. To start
  // QEMU forks this process, whose pages the kernel then protects anew: so each round has recordings that only warm up.
  const warm = () => Math.max(...Array.from({ length: IN_A_ROW }, ours));
  for (let n = 0; n < WARM_UP; n++) ours();
  const what = `${name}, recorded and timed`;
  const logged = ifInstalled('QEMU', () =>
    withQemu(block, (log) => {
      const [speed, qemu, none] = inTurn(ROUNDS, [warm, () => log.speed(), unrecorded]) as [number, number, number];
      row(what, speed, 'steps/s', 'QEMU -singlestep -d exec,cpu', qemu);
      row('', speed, 'steps/s', 'not recorded, interpreted', none);
      return log.bytesPerStep();
    }),
  );
  if (logged === undefined) {
    const [speed, none] = inTurn(ROUNDS, [warm, unrecorded]) as [number, number];
    row(what, speed, 'steps/s', 'not recorded, interpreted', none);
  }
  console.log(`  ${bytes.toFixed(1)} bytes a recorded step; QEMU's log ${logged?.toFixed(0) ?? '-'}`);
}

export function benchWorldSwitch(): void {
  const time = () => {
    const run = new ScenarioRun(readyWith());
    const milliseconds = timeOf(() => run.finish());
    return { milliseconds, recording: run.ready.recording };
  };
  const first = time();
  const { recording } = first;
  const back = median(3, () => {
    recording.seek(0);
    recording.seek(recording.length);
  });
  row('round trip, first run, recorded', first.milliseconds, 'ms', 'undo all of it and do it again', back);
  const warm = middle(Array.from({ length: short ? 10 : 50 }, () => time().milliseconds));
  row('round trip, warm, recorded', warm, 'ms', 'first run', first.milliseconds);
  console.log(`  ${(recording.memoryUsed / recording.length).toFixed(1)} bytes a recorded step`);
}
