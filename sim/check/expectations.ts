/** What a scenario says must hold at its end, held against the run. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { cellOfField, vcpuRegisters } from '../kvm/context.ts';
import { exitCodesText } from '../kvm/exit-code.ts';
import type { Phase } from '../recording/phases.ts';
import { noSymbolText } from '../scenario/code-map.ts';
import type { ReadyMachine } from '../scenario/ready.ts';
import type { ExitRecord, ScenarioRun } from '../scenario/run.ts';
import type { DeviceAccess } from '../scenario/user-space.ts';

/**
 * The expectations that do not hold, a line each, with the place of the key in the scenario file; `phases` may be left
 * empty where asksForPhases says so. Throws SourceError for a register or path that there is not.
 */
export function unmetExpectations(
  ready: ReadyMachine,
  run: ScenarioRun<ReadyMachine>,
  phases: readonly Phase[],
  cycles: number,
): string[] {
  return [
    ...exits(ready, run),
    ...userExits(ready, run),
    ...mmio(ready, run),
    ...memory(ready),
    ...registers(ready),
    ...guestRegisters(ready),
    ...fields(ready),
    ...routines(ready, phases),
    ...cycleBounds(ready, cycles),
  ];
}

/** Whether an expectation is about what `unmetExpectations` finds in the phases. */
export function asksForPhases({ scenario }: ReadyMachine): boolean {
  const { phases, absent, times } = scenario.expect;
  return phases.length > 0 || absent.length > 0 || Object.keys(times).length > 0;
}

function at(ready: ReadyMachine, ...keys: PropertyKey[]): string {
  const { name, line, column } = positionOf(ready.loaded.placeOf('expect', ...keys));
  return `${name}:${line}:${column}`;
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

type ExpectedExit = NonNullable<ReadyMachine['scenario']['expect']['exits']>[number];

const exitKeys = ['code', 'vcpu', 'esr', 'far', 'hpfar'] as const;

function exits(ready: ReadyMachine, run: ScenarioRun<ReadyMachine>): string[] {
  const expected = ready.scenario.expect.exits?.map(asRecord);
  if (expected === undefined) return [];
  if (expected.reduce((sum, { times }) => sum + times, 0) !== run.exits.length) {
    const codes = expected.flatMap(({ code, times }) => Array<bigint>(times).fill(ready.evaluate(code)));
    const [found, wanted] = [run.exits, codes].map((list) => exitCodesText(list, ready.facts));
    return [`${at(ready, 'exits')}: returned to the host: ${found}; expected ${wanted}`];
  }
  let first = 0;
  return expected.flatMap((exit, n) => {
    const start = first;
    first += exit.times;
    return exitDifferences(ready, exit, run.exitRecords.slice(start, first), start).map(
      (text) => `${at(ready, 'exits', n)}: ${text}`,
    );
  });
}

function asRecord(exit: ExpectedExit) {
  return typeof exit === 'object' ? exit : { code: exit, times: 1 };
}

/** What is different in the first of `found`, of which the first is exit `start`, that is not as `exit` says. */
function exitDifferences(
  ready: ReadyMachine,
  exit: ReturnType<typeof asRecord>,
  found: readonly ExitRecord[],
  start: number,
): string[] {
  const wanted = exitKeys.flatMap((key) => {
    const value = exit[key as keyof typeof exit];
    if (value === undefined) return [];
    return [{ key, value: typeof value === 'number' ? BigInt(value) : ready.evaluate(value) }];
  });
  for (const [n, record] of found.entries()) {
    const differing = wanted.filter(({ key, value }) => BigInt(record[key]) !== value);
    if (differing.length === 0) continue;
    return differing.map(
      ({ key, value }) => `exit ${start + n + 1}: ${key} is ${hex(BigInt(record[key]))}, expected ${hex(value)}`,
    );
  }
  return [];
}

function userExits(ready: ReadyMachine, run: ScenarioRun<ReadyMachine>): string[] {
  const expected = ready.scenario.expect.user_exits;
  const found = run.user.exits;
  if (expected === undefined || expected.join() === found.join()) return [];
  return [`${at(ready, 'user_exits')}: exits to user space [${found.join(', ')}], expected [${expected.join(', ')}]`];
}

function mmio(ready: ReadyMachine, run: ScenarioRun<ReadyMachine>): string[] {
  const expected = ready.scenario.expect.mmio;
  if (expected === undefined) return [];
  const found = run.user.mmio.map(accessText);
  const wanted = expected.map(({ address, size, written }) =>
    accessText({
      address: ready.evaluate(address),
      size,
      written: written === undefined ? undefined : ready.evaluate(written),
    }),
  );
  const count = Math.max(found.length, wanted.length);
  return [...Array(count).keys()].flatMap((n) => {
    if (found[n] === wanted[n]) return [];
    const place = n < wanted.length ? at(ready, 'mmio', n) : at(ready, 'mmio');
    return [`${place}: access ${n + 1} to a device: ${found[n] ?? 'none'}, expected ${wanted[n] ?? 'none'}`];
  });
}

function accessText({ address, size, written }: DeviceAccess): string {
  const what = written === undefined ? 'read of' : `write of ${hex(written)} to`;
  return `${size}-byte ${what} ${hex(address)}`;
}

function memory(ready: ReadyMachine): string[] {
  return ready.scenario.expect.memory.flatMap(({ address, size, value }, n) => {
    const ipa = ready.evaluate(address);
    const pa = ready.vm.guestMemory.physicalAddress(ipa);
    if (pa === undefined) {
      throw new SourceError(`the guest has no memory at ${hex(ipa)}`, ready.loaded.placeOf('expect', 'memory', n));
    }
    const bytes = ready.machine.physical.readBytes(pa, size);
    const found = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const expected = ready.evaluate(value);
    if (found === expected) return [];
    return [`${at(ready, 'memory', n)}: guest memory at ${hex(ipa)} is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function registers(ready: ReadyMachine): string[] {
  const { cpu } = ready.machine;
  return Object.entries(ready.scenario.expect.registers).flatMap(([name, value]) => {
    const id = ready.machine.cellNamed(name.toLowerCase());
    if (id === undefined) {
      throw new SourceError(`no register is called '${name}'`, ready.loaded.placeOf('expect', 'registers', name));
    }
    const expected = ready.evaluate(value);
    const found = cpu.cells[id]!;
    if (found === expected) return [];
    return [`${at(ready, 'registers', name)}: ${name} is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function guestRegisters(ready: ReadyMachine): string[] {
  const { scenario, facts, loaded } = ready;
  const wanted = Object.entries(scenario.expect.guest);
  if (wanted.length === 0) return [];
  const known = vcpuRegisters(facts, scenario.machine.breakpoints, scenario.machine.watchpoints);
  return wanted.flatMap(([name, value]) => {
    const [, vcpu = 'vcpu', cellName] = /^(?:(vcpu\d*)\.)?(.*)$/.exec(name.toLowerCase())!;
    const register = known.find(({ cell }) => cell === cellName);
    if (register === undefined) {
      const place = loaded.placeOf('expect', 'guest', name);
      throw new SourceError(`the vcpu keeps no register called '${name}'`, place);
    }
    const expected = ready.evaluate(value);
    const path = `${vcpu}.${register.path}`;
    const found = cellOfField(register.cell, readField(ready, path, ['guest', name]));
    if (found === expected) return [];
    return [`${at(ready, 'guest', name)}: ${name} (${path}) is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function fields(ready: ReadyMachine): string[] {
  return Object.entries(ready.scenario.expect.fields).flatMap(([path, value]) => {
    const expected = ready.evaluate(value);
    const found = readField(ready, path, ['fields', path]);
    if (found === expected) return [];
    return [`${at(ready, 'fields', path)}: ${path} is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function readField(ready: ReadyMachine, path: string, keys: readonly PropertyKey[]): bigint {
  try {
    return ready.typed.read(path);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SourceError(error.message, ready.loaded.placeOf('expect', ...keys));
  }
}

function routines(ready: ReadyMachine, phases: readonly Phase[]): string[] {
  const entered = new Map<string, number>();
  const collect = (list: readonly Phase[], times: number) => {
    for (const phase of list) {
      entered.set(phase.name, (entered.get(phase.name) ?? 0) + times * phase.times);
      collect(phase.children, times * phase.times);
    }
  };
  collect(phases, 1);
  const { phases: wanted, absent, times } = ready.scenario.expect;
  // What nothing is called is not entered, of course. Another kernel than the scenario was written for may lack a routine.
  const unknown = (key: string, name: string, place: PropertyKey) =>
    !ready.isOnOwnSources || entered.has(name) || ready.code.symbol(name) !== undefined
      ? []
      : [`${at(ready, key, place)}: ${noSymbolText(name)}`];
  return [
    ...absent.flatMap((name, n) => unknown('absent', name, n)),
    ...Object.keys(times).flatMap((name) => unknown('times', name, name)),
    ...wanted.flatMap((name, n) => (entered.has(name) ? [] : [`${at(ready, 'phases', n)}: ${name} was not entered`])),
    ...absent.flatMap((name, n) => (entered.has(name) ? [`${at(ready, 'absent', n)}: ${name} was entered`] : [])),
    ...Object.entries(times).flatMap(([name, wantedTimes]) => {
      const found = entered.get(name) ?? 0;
      if (found === wantedTimes) return [];
      return [`${at(ready, 'times', name)}: ${name} was entered ${found} times, expected ${wantedTimes}`];
    }),
  ];
}

function cycleBounds(ready: ReadyMachine, cycles: number): string[] {
  const { min = 0, max = Number.POSITIVE_INFINITY } = ready.scenario.expect.cycles ?? {};
  if (cycles >= min && cycles <= max) return [];
  return [`${at(ready, 'cycles')}: ${cycles} cycles, expected ${min} to ${max}`];
}
