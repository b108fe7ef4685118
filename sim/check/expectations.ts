/** What a scenario says must hold at its end, held against the run. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { cellOfField, vcpuRegisters } from '../kvm/context.ts';
import type { Phase } from '../recording/phases.ts';
import type { ReadyMachine } from '../scenario/ready.ts';
import type { ScenarioRun } from '../scenario/run.ts';

/**
 * The expectations that do not hold, a line each, with the place of the key in the scenario file. Throws SourceError for
 * a register or path that there is not.
 */
export function unmetExpectations(
  ready: ReadyMachine,
  run: ScenarioRun,
  phases: readonly Phase[],
  cycles: number,
): string[] {
  return [
    ...exits(ready, run),
    ...userExits(ready, run),
    ...registers(ready),
    ...guestRegisters(ready),
    ...fields(ready),
    ...routines(ready, phases),
    ...cycleBounds(ready, cycles),
  ];
}

function at(ready: ReadyMachine, ...keys: PropertyKey[]): string {
  const { name, line, column } = positionOf(ready.loaded.placeOf('expect', ...keys));
  return `${name}:${line}:${column}`;
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

function exits(ready: ReadyMachine, run: ScenarioRun): string[] {
  const expected = ready.scenario.expect.exits?.map((value) => ready.evaluate(value));
  if (expected === undefined) return [];
  const found = run.exits;
  if (expected.length === found.length && expected.every((value, n) => value === found[n])) return [];
  const list = (values: readonly bigint[]) => `[${values.join(', ')}]`;
  return [`${at(ready, 'exits')}: exit codes ${list(found)}, expected ${list(expected)}`];
}

function userExits(ready: ReadyMachine, run: ScenarioRun): string[] {
  const expected = ready.scenario.expect.user_exits;
  const found = run.user.exits;
  if (expected === undefined || expected.join() === found.join()) return [];
  return [`${at(ready, 'user_exits')}: exits to user space [${found.join(', ')}], expected [${expected.join(', ')}]`];
}

function registers(ready: ReadyMachine): string[] {
  const { cpu } = ready.machine;
  return Object.entries(ready.scenario.expect.registers).flatMap(([name, value]) => {
    const id = cpu.registers.find(name.toLowerCase());
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
  const { scenario, facts, typed, loaded } = ready;
  const wanted = Object.entries(scenario.expect.guest);
  if (wanted.length === 0) return [];
  const known = vcpuRegisters(facts, scenario.machine.breakpoints, scenario.machine.watchpoints);
  return wanted.flatMap(([name, value]) => {
    const register = known.find(({ cell }) => cell === name.toLowerCase());
    if (register === undefined) {
      const place = loaded.placeOf('expect', 'guest', name);
      throw new SourceError(`the vcpu keeps no register called '${name}'`, place);
    }
    const expected = ready.evaluate(value);
    const path = `vcpu.${register.path}`;
    const found = cellOfField(register.cell, typed.read(path));
    if (found === expected) return [];
    return [`${at(ready, 'guest', name)}: ${name} (${path}) is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function fields(ready: ReadyMachine): string[] {
  return Object.entries(ready.scenario.expect.fields).flatMap(([path, value]) => {
    const expected = ready.evaluate(value);
    const found = readField(ready, path);
    if (found === expected) return [];
    return [`${at(ready, 'fields', path)}: ${path} is ${hex(found)}, expected ${hex(expected)}`];
  });
}

function readField(ready: ReadyMachine, path: string): bigint {
  try {
    return ready.typed.read(path);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SourceError(error.message, ready.loaded.placeOf('expect', 'fields', path));
  }
}

function routines(ready: ReadyMachine, phases: readonly Phase[]): string[] {
  const entered = new Map<string, number>();
  const collect = (list: readonly Phase[]) => {
    for (const phase of list) {
      entered.set(phase.name, (entered.get(phase.name) ?? 0) + 1);
      collect(phase.children);
    }
  };
  collect(phases);
  const { phases: wanted, absent, times } = ready.scenario.expect;
  return [
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
