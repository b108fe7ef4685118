/** The speed of execution, and what a Recording adds to it. */
import { Recording } from '../../sim/recording/recording.ts';
import { ScenarioRun } from '../../sim/scenario/run.ts';
import { CortexA53 } from '../../sim/timing/cortex-a53.ts';
import { readyWith } from '../scenario/world-switch.ts';
import { benchMachine } from './integer-block.ts';
import { median, row, short, timeOf } from './table.ts';

export function benchStepping(): void {
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
  const time = timeOf(() => {
    for (let n = 0; n < recorded; n++) recording.step();
  });
  row(
    'integer block, MMU off, recorded and timed',
    perSecond(recorded, time),
    'steps/s',
    'the same, not recorded',
    functional,
  );
  console.log(`  ${(recording.memoryUsed / recording.length).toFixed(1)} bytes a recorded step`);
}

export function benchWorldSwitch(): void {
  const run = new ScenarioRun(readyWith());
  const time = timeOf(() => run.finish());
  const { recording } = run.ready;
  const back = median(3, () => {
    recording.seek(0);
    recording.seek(recording.length);
  });
  row('round trip, first run, recorded', time, 'ms', 'undo all of it and do it again', back);
  console.log(`  ${(recording.memoryUsed / recording.length).toFixed(1)} bytes a recorded step`);
}
