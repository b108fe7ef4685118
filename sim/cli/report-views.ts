/** A run's report as a table for people and as data for programs. */
import type { RunReport } from '../check/report.ts';
import type { Border, ContractReport, RegisterGroup } from '../check/switch-contract.ts';
import { exitCodesText } from '../kvm/exit-code.ts';
import type { Phase } from '../recording/phases.ts';
import type { ReadyMachine } from '../scenario/ready.ts';

/** Titles of the register groups, for the host's side and the guest's. */
const hostGroups: Readonly<Partial<Record<RegisterGroup, string>>> = {
  general: 'x19-x30, SP, ELR_EL1, SPSR_EL1',
  system: 'EL1 system registers',
  debug: 'debug registers',
  fp: 'V0-V31, FPSR, FPCR',
  hyp: 'EL2 controls and stack',
};
const guestGroups: Readonly<Partial<Record<RegisterGroup, string>>> = {
  general: 'x0-x30, SP, PC, PSTATE, ELR_EL1, SPSR_EL1',
  system: 'EL1 system registers',
  debug: 'debug registers',
  fp: 'V0-V31, FPSR, FPCR',
  aarch32: '32-bit state',
};

const borders: readonly { border: Border; title: string; groups: typeof hostGroups }[] = [
  { border: 'host to host', title: 'host, after the call as before it', groups: hostGroups },
  { border: 'vcpu to guest', title: 'guest, entered with what the vcpu held', groups: guestGroups },
  { border: 'guest to vcpu', title: 'guest, left with its registers in the vcpu', groups: guestGroups },
];

/** Failures of one kind shown before the rest is counted. */
const SHOWN = 40;

/** Lines of the report. */
export function* reportLines(ready: ReadyMachine, report: RunReport<ReadyMachine>): Generator<string> {
  yield titleOf(ready);
  yield '';
  yield* phaseLines(report.phases);
  yield '';
  yield `${report.steps} steps, ${report.cycles} cycles (${ready.steps.timing.name})`;
  yield `returned to the host: ${exitCodesText(report.run.exits, ready.facts)}`;
  if (report.ending.kind === 'done') yield* contractLines(report.contract);
  if (report.failures.length === 0) return;
  yield '';
  yield* report.failures.slice(0, SHOWN);
  if (report.failures.length > SHOWN) yield `(${report.failures.length - SHOWN} more)`;
  yield `FAILED: ${report.failures.length} ${report.failures.length === 1 ? 'fault' : 'faults'}`;
}

function titleOf(ready: ReadyMachine): string {
  const { name, machine } = ready.scenario;
  const { cpu, breakpoints, watchpoints, gic } = machine;
  return `${name}: ${cpu}, ${breakpoints} breakpoints, ${watchpoints} watchpoints, GIC${gic}; ${ready.sources.hyp}`;
}

const NAME_WIDTH = 44;
/** Levels of nesting that the table shows: of more, a line would be mostly blanks. */
const DEEPEST_SHOWN = 40;

function* phaseLines(phases: readonly Phase[]): Generator<string> {
  yield `${'routine'.padEnd(NAME_WIDTH)}  EL ${columns('steps', 'cycles', 'with calls', 'cycles')}`;
  yield* phaseTree(phases, 0);
}

function* phaseTree(phases: readonly Phase[], depth: number): Generator<string> {
  for (const phase of phases) {
    const times = phase.times > 1 ? ` (${phase.times} times, each)` : '';
    const name = `${'  '.repeat(depth)}${phase.name}${times}`.padEnd(NAME_WIDTH);
    const { steps, cycles } = phase.own;
    const all = phase.children.length === 0 ? ['', ''] : [phase.all.steps, phase.all.cycles];
    yield `${name}  ${phase.el}  ${columns(steps, cycles, ...all)}`.trimEnd();
    if (depth < DEEPEST_SHOWN) yield* phaseTree(phase.children, depth + 1);
    else if (phase.children.length > 0) yield `${'  '.repeat(depth + 1)}(what it called is left out)`;
  }
}

function columns(...values: readonly (number | string)[]): string {
  return values.map((value) => String(value).padStart(11)).join('');
}

function* contractLines(contract: ContractReport): Generator<string> {
  for (const { border, title, groups } of borders) {
    const compared = contract.compared.filter((one) => one.border === border);
    if (compared.length === 0) continue;
    yield '';
    yield title;
    for (const { group, count } of compared) {
      const lost = contract.lost.filter((one) => one.border === border && one.group === group);
      const verdict = lost.length === 0 ? `preserved (${count})` : `LOST ${lost.length} of ${count}: ${namesOf(lost)}`;
      yield `  ${(groups[group] ?? group).padEnd(NAME_WIDTH - 2)}  ${verdict}`;
    }
  }
}

const NAMES_SHOWN = 8;

function namesOf(lost: readonly { register: string }[]): string {
  const names = [...new Set(lost.map(({ register }) => register))];
  const more = names.length > NAMES_SHOWN ? ', ...' : '';
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

/** The report as plain data: numbers, strings, and values that may pass 2^53 as hexadecimal strings. */
export function reportData(ready: ReadyMachine, report: RunReport<ReadyMachine>): object {
  const { ending, steps, cycles, failures, contract, run } = report;
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return {
    scenario: ready.scenario.name,
    hyp: ready.sources.hyp,
    machine: ready.scenario.machine,
    ending: ending.kind,
    passed: failures.length === 0,
    steps,
    cycles,
    exits: run.exits.map(hex),
    phases: report.phases.map(phaseData),
    compared: contract.compared,
    lost: contract.lost.map((one) => ({ ...one, expected: hex(one.expected), actual: hex(one.actual) })),
    failures,
  };
}

/** A phase with all below it as plain data. */
export function phaseData(phase: Phase): object {
  const { name, el, times, start, end, own, all, children } = phase;
  return { name, el, times, start, end, own, all, children: children.map(phaseData) };
}
