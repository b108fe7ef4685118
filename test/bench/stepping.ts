/** The speed of execution and of recording, beside Unicorn's and that of QEMU's log. */
import type { Machine } from '../../sim/exec/machine.ts';
import { Recording } from '../../sim/recording/recording.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { readyWith } from '../scenario/world-switch.ts';
import { ifInstalled, qemuSpeed, unicornSpeeds } from './peers.ts';
import { INTEGER, loopMachine, SWITCH } from './programs.ts';
import { median, middle, row, short, timeOf } from './table.ts';

const ROUNDS = 5;

export function benchStepping(): void {
  functional();
  recorded('integer block', INTEGER);
  recorded('switch block', SWITCH);
}

/** Steps a second of `machine` that nobody looks at. */
function plainSpeed(machine: Machine): number {
  const steps = short ? 1_000_000 : 4_000_000;
  machine.run(200_000);
  return (1000 * steps) / median(ROUNDS, () => machine.run(steps));
}

function functional(): void {
  const off = plainSpeed(loopMachine(INTEGER, 'off'));
  const unicorn = ifInstalled('Unicorn', () => unicornSpeeds(INTEGER));
  if (unicorn !== undefined) {
    row('integer block, MMU off', off, 'steps/s', 'Unicorn, one at a time', unicorn.step);
    row('', off, 'steps/s', 'Unicorn, hook on each', unicorn.hook);
    row('', off, 'steps/s', 'Unicorn, nobody watching', unicorn.free);
  }
  mmuOnAndOff('integer block', INTEGER);
  mmuOnAndOff('switch block', SWITCH);
}

/** V8 compiles for one machine and then anew for any: what is to be compared is run with both there. */
function mmuOnAndOff(name: string, block: string): void {
  const [on, off] = [loopMachine(block, 'on'), loopMachine(block, 'off')];
  for (const machine of [on, off]) machine.run(200_000);
  row(`${name}, MMU on`, plainSpeed(on), 'steps/s', 'MMU off', plainSpeed(off));
}

/** Steps a second with everything kept and timed, from an empty recording on. */
function recorded(name: string, block: string): void {
  const steps = short ? 300_000 : 1_000_000;
  let bytes = 0;
  const time = () => {
    const machine = loopMachine(block, 'off');
    const recording = new Recording(machine, new CortexA53());
    const milliseconds = timeOf(() => recording.run(steps));
    bytes = recording.memoryUsed / steps;
    return milliseconds;
  };
  time();
  const speed = (1000 * steps) / middle(Array.from({ length: ROUNDS }, time));
  const qemu = ifInstalled('QEMU', () => qemuSpeed(block));
  if (qemu !== undefined) {
    row(`${name}, recorded and timed`, speed, 'steps/s', 'QEMU -singlestep -d exec,cpu', qemu.perSecond);
  }
  row('', speed, 'steps/s', 'not recorded', plainSpeed(loopMachine(block, 'off')));
  console.log(`  ${bytes.toFixed(1)} bytes a recorded step; QEMU's log ${qemu?.bytesPerStep.toFixed(0) ?? '-'}`);
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
