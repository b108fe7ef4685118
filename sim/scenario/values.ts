/** The scenario's values: integers, and expressions over the constants of the kernel's headers. */
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { Place } from '../../asm/source/source-file.ts';
import type { KernelFacts } from '../kvm/kernel-facts.ts';
import type { LoadedScenario } from './load.ts';
import type { Scenario, ScenarioValue } from './schema.ts';

export type Evaluate = (value: ScenarioValue) => bigint;

/** A value, and the keys that lead to it. */
type Placed = readonly [keys: readonly PropertyKey[], value: ScenarioValue | undefined];

/**
 * What evaluates the values of the scenario. Throws SourceError at the place of an expression that has an identifier which
 * the headers do not define, or is none.
 */
export function scenarioValues(loaded: LoadedScenario, facts: KernelFacts): Evaluate {
  const known = new Map<string, bigint>();
  for (const [keys, value] of valuesOf(loaded.scenario)) {
    if (typeof value !== 'string' || known.has(value)) continue;
    known.set(
      value,
      placedAt(
        () => facts.expression(value),
        () => loaded.placeOf(...keys),
      ),
    );
  }
  return (value) => (typeof value === 'bigint' ? value : known.get(value)!);
}

/** What `body` returns; a SourceError of its own without a place is told as one at `place`, which is found only then. */
export function placedAt<T>(body: () => T, place: () => Place): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SourceError && error.diagnostic.place === undefined)
      throw new SourceError(error.message, place(), error.diagnostic.notes);
    throw error;
  }
}

/** Every value that may be an expression. */
function* valuesOf({ vcpu, kvm, expect, guest, devices, guest_debug, before_entry }: Scenario): Generator<Placed> {
  yield* recordValues(['vcpu'], vcpu);
  yield* recordValues(['kvm'], kvm);
  yield* recordValues(['guest_debug', 'registers'], guest_debug?.registers);
  for (const [n, exit] of guest.exits.entries()) {
    const { registers, esr, far, ipa, pc, pstate } = exit;
    yield* recordValues(['guest', 'exits', n], { esr, far, ipa, pc, pstate });
    yield* recordValues(['guest', 'exits', n, 'registers'], registers);
  }
  for (const [n, { answers }] of devices.entries()) yield* listValues(['devices', n, 'answers'], answers);
  for (const [n, { expect: held, fields, guest_debug: asked, one_reg }] of before_entry.entries()) {
    yield* recordValues(['before_entry', n, 'expect'], held);
    yield* recordValues(['before_entry', n, 'fields'], fields);
    yield* recordValues(['before_entry', n, 'guest_debug', 'registers'], asked?.registers);
    for (const [m, { value }] of one_reg.entries()) yield [['before_entry', n, 'one_reg', m, 'value'], value];
  }
  for (const [n, exit] of (expect.exits ?? []).entries()) {
    if (typeof exit !== 'object') yield [['expect', 'exits', n], exit];
    else {
      const { code, esr, far, hpfar } = exit;
      yield* recordValues(['expect', 'exits', n], { code, esr, far, hpfar });
    }
  }
  for (const [n, { address, written }] of (expect.mmio ?? []).entries()) {
    yield* recordValues(['expect', 'mmio', n], { address, written });
  }
  for (const [n, { address, value }] of expect.memory.entries()) {
    yield* recordValues(['expect', 'memory', n], { address, value });
  }
  for (const name of ['registers', 'guest', 'fields'] as const) yield* recordValues(['expect', name], expect[name]);
}

function* recordValues(
  keys: readonly PropertyKey[],
  record: Readonly<Record<string, ScenarioValue | undefined>> = {},
): Generator<Placed> {
  for (const [key, value] of Object.entries(record)) yield [[...keys, key], value];
}

function* listValues(keys: readonly PropertyKey[], list: readonly ScenarioValue[] = []): Generator<Placed> {
  for (const [n, value] of list.entries()) yield [[...keys, n], value];
}
