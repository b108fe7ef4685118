/**
 * A run of a scenario to its end, and everything that can be said of it: how it ended, what was lost, and which of the
 * scenario's expectations do not hold.
 */
import type { Operation } from '../exec/operation.ts';
import type { Stretch } from '../exec/stretch.ts';
import { type Phase, PhaseGatherer } from '../recording/phases.ts';
import type { ReadyMachine, RecordedMachine } from '../scenario/ready.ts';
import { type Ending, ScenarioRun } from '../scenario/run.ts';
import type { RunObserver } from '../scenario/runnable.ts';
import { asksForPhases, unmetExpectations } from './expectations.ts';
import { hypFaultText } from './hyp-fault.ts';
import { type ContractReport, SwitchContract } from './switch-contract.ts';

export interface Judgement<Ready extends ReadyMachine = RecordedMachine> {
  readonly run: ScenarioRun<Ready>;
  readonly ending: Ending;
  readonly contract: ContractReport;
  /** Steps of the machine itself, without those in which the host's C code changed memory. */
  readonly steps: number;
  readonly cycles: number;
  /** What is wrong, a line or more each; empty for a run that is as it should be. */
  readonly failures: readonly string[];
}

export interface RunReport<Ready extends ReadyMachine = RecordedMachine> extends Judgement<Ready> {
  readonly phases: readonly Phase[];
}

/** Told how many steps there were, now and then. */
type OnProgress = (steps: number) => void;

/** Runs `ready` to its end and reports. Throws NotModelled where the machine cannot go on. */
export function reportRun<Ready extends ReadyMachine>(ready: Ready, progress?: OnProgress): RunReport<Ready> {
  const gatherer = new PhaseGatherer(ready.machine, ready.code);
  return judged(ready, gatherer, progress);
}

/** The same for who asks only whether it is as it should be: phases are gathered where an expectation is about them. */
export function judgeRun<Ready extends ReadyMachine>(ready: Ready, progress?: OnProgress): Judgement<Ready> {
  const gatherer = asksForPhases(ready) ? new PhaseGatherer(ready.machine, ready.code) : undefined;
  return judged(ready, gatherer, progress);
}

function judged<Ready extends ReadyMachine>(
  ready: Ready,
  gatherer: PhaseGatherer | undefined,
  progress: OnProgress | undefined,
): RunReport<Ready> {
  const contract = new SwitchContract(ready);
  const executed = new ExecutedSteps();
  const run = new ScenarioRun(ready, [contract, executed, ...(gatherer === undefined ? [] : [gatherer])]);
  const ending = run.finish(progress);
  const cycles = ready.steps.completedAt;
  const phases = gatherer?.finish(cycles) ?? [];
  const { ending: wanted } = ready.scenario.expect;
  const isWanted = ending.kind === wanted;
  // A panic that is wanted has its fault, too.
  const faults = wanted === 'panic' ? [] : run.hypFaults.map((fault) => hypFaultText(ready, fault));
  const failures = [...faults, ...(isWanted ? [] : endingFailures(ending, wanted)), ...userFailures(run)];
  if (isWanted) {
    if (ending.kind === 'done') failures.push(...lossFailures(ready, contract.report));
    failures.push(...unmetExpectations(ready, run, phases, cycles));
  }
  return { run, ending, contract: contract.report, phases, steps: executed.count, cycles, failures };
}

/** Counts the steps that have executed an instruction, completed or not. */
class ExecutedSteps implements RunObserver {
  count = 0;

  onStep(_index: number, operation: Operation | undefined): void {
    if (operation !== undefined) this.count++;
  }

  onSteps(_index: number, _stretch: Stretch, count: number): void {
    this.count += count;
  }
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
