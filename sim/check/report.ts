/**
 * A run of a scenario to its end, and everything that can be said of it: how it ended, what was lost, and which of the
 * scenario's expectations do not hold.
 */
import { type Phase, PhaseGatherer } from '../recording/phases.ts';
import type { ReadyMachine, RecordedMachine } from '../scenario/ready.ts';
import { type Ending, ScenarioRun } from '../scenario/run.ts';
import { unmetExpectations } from './expectations.ts';
import { hypFaultText } from './hyp-fault.ts';
import { type ContractReport, SwitchContract } from './switch-contract.ts';

export interface RunReport<Ready extends ReadyMachine = RecordedMachine> {
  readonly run: ScenarioRun<Ready>;
  readonly ending: Ending;
  readonly contract: ContractReport;
  readonly phases: readonly Phase[];
  readonly steps: number;
  readonly cycles: number;
  /** What is wrong, a line or more each; empty for a run that is as it should be. */
  readonly failures: readonly string[];
}

/** Runs `ready` to its end and reports. Throws NotModelled where the machine cannot go on. */
export function reportRun<Ready extends ReadyMachine>(
  ready: Ready,
  progress?: (steps: number) => void,
): RunReport<Ready> {
  const contract = new SwitchContract(ready);
  const gatherer = new PhaseGatherer(ready.machine, ready.code);
  const run = new ScenarioRun(ready, [contract, gatherer]);
  const ending = run.finish(progress);
  const cycles = ready.steps.completedAt;
  const phases = gatherer.finish(cycles);
  const { ending: wanted } = ready.scenario.expect;
  const isWanted = ending.kind === wanted;
  // A panic that is wanted has its fault, too.
  const faults = wanted === 'panic' ? [] : run.hypFaults.map((fault) => hypFaultText(ready, fault));
  const failures = [...faults, ...(isWanted ? [] : endingFailures(ending, wanted)), ...userFailures(run)];
  if (isWanted) {
    if (ending.kind === 'done') failures.push(...lossFailures(ready, contract.report));
    failures.push(...unmetExpectations(ready, run, phases, cycles));
  }
  return { run, ending, contract: contract.report, phases, steps: executedSteps(phases), cycles, failures };
}

/** Steps of the machine itself, without those in which the host's C code changed memory. */
function executedSteps(phases: readonly Phase[]): number {
  return phases.reduce((sum, { times, all }) => sum + times * all.steps, 0);
}

/** What went wrong outside the machine: KVM_RUN, an ioctl, an entry or event that never came. */
function userFailures(run: ScenarioRun<ReadyMachine>): string[] {
  return [
    ...(run.error === undefined ? [] : [run.error]),
    ...run.user.failures,
    ...run.user.missed,
    ...run.events.missed,
  ];
}

function endingFailures(ending: Ending, wanted: Ending['kind']): string[] {
  switch (ending.kind) {
    case 'done':
      return [`the host has control again, and the run was to end otherwise: '${wanted}' (key 'expect.ending')`];
    case 'panic':
      return ['EL2 panicked: __kvm_hyp_panic has returned to the host at panic'];
    case 'stuck':
      return [`the host took an exception that its code does not handle, at ${ending.symbol}`];
    case 'limit':
      return [`the run did not end within ${ending.steps} steps, the scenario's limit (key 'steps'): ${ending.where}`];
  }
}

function lossFailures(ready: ReadyMachine, { lost }: ContractReport): string[] {
  if (!ready.scenario.expect.preserved) return [];
  return lost.map(({ border, register, expected, actual, field }) => {
    const where = field === undefined ? '' : ` (${field})`;
    return `${border}: ${register}${where} is 0x${actual.toString(16)}, and was 0x${expected.toString(16)}`;
  });
}
