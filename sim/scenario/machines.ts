/** The processor and the devices of a scenario's key `machine`, with nothing in memory yet. */
import { type CpuModel, cpuModel } from '../core/models.ts';
import { Machine } from '../exec/machine.ts';
import { GICH, GICV, RAM_BASE } from './memory-map.ts';
import type { Scenario } from './schema.ts';

type MachineKeys = Scenario['machine'];

/** Gives a machine that is as after its reset. */
export type MachineFor = (keys: MachineKeys) => Machine;

export const LIST_REGISTERS = 4;
const MIB = 1024 * 1024;

export const newMachine: MachineFor = (keys) =>
  new Machine({
    model: modelOf(keys),
    ram: { base: RAM_BASE, size: keys.ram * MIB },
    listRegisters: LIST_REGISTERS,
    translates: false,
    gicV2: keys.gic === 'v2' ? { control: GICH, cpuInterface: GICV } : undefined,
  });

/** The most RAM, in MiB, of a machine that is used again: it is held from then on. */
const MOST_REUSED_RAM = 32;

/**
 * The same machine again and again where the keys are alike but for the numbers of breakpoints and watchpoints: the run
 * before is at an end with each. A new machine takes longer than a short run, most of all to decode its code; unless it has
 * much RAM.
 */
export function reusedMachines(): MachineFor {
  const machines = new Map<string, Machine>();
  return (keys) => {
    const { cpu, gic, ram } = keys;
    if (ram > MOST_REUSED_RAM) return newMachine(keys);
    const key = `${cpu} ${gic} ${ram}`;
    const known = machines.get(key);
    if (known !== undefined) {
      known.reset(modelOf(keys));
      return known;
    }
    const made = newMachine(keys);
    machines.set(key, made);
    return made;
  };
}

function modelOf({ cpu, breakpoints, watchpoints, gic }: MachineKeys): CpuModel {
  return cpuModel(cpu, { breakpoints, watchpoints, gic });
}
