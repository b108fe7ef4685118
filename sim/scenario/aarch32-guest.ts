/**
 * A 32-bit guest, whose code is not executed: each time it is in AArch32 state, the next of the scenario's exits says which
 * registers it has changed and which exception takes it to EL2.
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { ArchException } from '../core/exceptions.ts';
import { AARCH32, PC } from '../core/registers.ts';
import type { Aarch32Stand } from '../exec/hardware.ts';
import type { Machine } from '../exec/machine.ts';
import { EXIT_CLASS } from '../kvm/exit-class.ts';
import { setRegister } from '../kvm/host-state.ts';
import type { LoadedScenario } from './load.ts';
import type { Scenario, ScenarioValue } from './schema.ts';

type Exit = Scenario['guest']['exits'][number];

export class Aarch32Guest implements Aarch32Stand {
  readonly #machine: Machine;
  readonly #exits: readonly Exit[];
  readonly #evaluate: (value: ScenarioValue) => bigint;
  /** Cell with the number of exits made, so that undo takes it back. */
  readonly #made: number;

  /** Throws SourceError for a register that there is not. */
  constructor(machine: Machine, loaded: LoadedScenario, evaluate: (value: ScenarioValue) => bigint) {
    this.#machine = machine;
    this.#exits = loaded.scenario.guest.exits;
    this.#evaluate = evaluate;
    this.#made = machine.cpu.cell('aarch32.exits');
    this.#exits.forEach(({ registers }, n) => {
      for (const name of Object.keys(registers)) {
        if (machine.cellNamed(name) !== undefined) continue;
        throw new SourceError(
          `no register is called '${name}'`,
          loaded.placeOf('guest', 'exits', n, 'registers', name),
        );
      }
    });
  }

  get hasExit(): boolean {
    return Number(this.#machine.cpu.cells[this.#made]!) < this.#exits.length;
  }

  leave(): ArchException | undefined {
    const { cpu } = this.#machine;
    const made = cpu.cells[this.#made]!;
    const exit = this.#exits[Number(made)];
    if (exit === undefined) return undefined;
    cpu.write(this.#made, made + 1n);
    for (const [name, value] of Object.entries(exit.registers))
      setJournalled(this.#machine, name, this.#evaluate(value));
    if (exit.pc !== undefined) cpu.write(PC, this.#evaluate(exit.pc));
    if (exit.pstate !== undefined) cpu.write(AARCH32, this.#evaluate(exit.pstate) | 0x10n);
    return exceptionOf(exit, this.#evaluate);
  }
}

function exceptionOf({ esr: esrValue, far, ipa }: Exit, evaluate: (value: ScenarioValue) => bigint): ArchException {
  const esr = Number(evaluate(esrValue));
  const ec = esr >>> 26;
  const details = {
    targetEl: 2,
    far: far === undefined ? undefined : evaluate(far),
    ipa: ipa === undefined ? undefined : evaluate(ipa),
    isShort: (esr & (1 << 25)) === 0,
    // HVC is over when it is taken.
    returnOffset: ec === EXIT_CLASS.hvc32 ? 4 : 0,
  };
  return new ArchException('sync', ec, esr & 0x1ff_ffff, details);
}

function setJournalled(machine: Machine, name: string, value: bigint): void {
  if (machine.systemRegisters.named(name) !== undefined) setRegister(machine, name, value);
  else machine.cpu.write(machine.cpu.cell(name), value);
}
