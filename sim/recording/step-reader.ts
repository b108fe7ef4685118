/** Makes Step objects out of a log and the machine's state. */
import { printInstruction } from '../../asm/a64/print.ts';
import type { Cpu } from '../core/cpu.ts';
import { ACCESS_ADDRESS, FIRST_FREE, PC, SINK, ZERO } from '../core/registers.ts';
import type { Operation } from '../exec/operation.ts';
import type { Memory } from '../memory/memory.ts';
import { TLB_CELL } from '../memory/mmu.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { type Annotations, symbolText } from './annotations.ts';
import type { Cursor } from './cursor.ts';
import { isCell, isRead, type LogPlace, sizeOf } from './effect-log.ts';
import type { Log } from './log.ts';
import type { Effect, Load, Step } from './step.ts';

export class StepReader {
  readonly #log: Log;
  readonly #cursor: Cursor;
  readonly #cpu: Cpu;
  readonly #memory: Memory;
  readonly #tlb: number;

  constructor(log: Log, cursor: Cursor, cpu: Cpu, memory: Memory) {
    this.#log = log;
    this.#cursor = cursor;
    this.#cpu = cpu;
    this.#memory = memory;
    this.#tlb = cpu.cell(TLB_CELL);
  }

  /** The step at the cursor, issued in cycle `cycle`; the cursor moves over it. */
  take(cycle: number, annotations: Annotations): Step {
    const index = this.#cursor.position;
    const operation = this.#log.operationAt(index);
    const { pc, el } = this.#cpu;
    const pa = operation && BigInt(this.#memory.physical.base + operation.pa);
    return {
      index,
      cycle,
      completion: cycle + this.#log.steps.latency(index),
      el,
      pc,
      pa,
      instruction: operation?.instruction,
      text: operation === undefined ? '' : operationText(operation, pc, this.#memory.physical, annotations),
      ...this.#takeEffects(annotations),
      exception: this.#log.exceptionAt(index),
    };
  }

  #takeEffects(annotations: Annotations): { effects: Effect[]; load: Load | undefined } {
    const effects: Effect[] = [];
    let load: Load | undefined;
    this.#cursor.redoEach((target, place) => {
      if (isCell(target)) {
        if (this.#isArchitectural(target)) effects.push(this.#registerEffect(target, place));
      } else if (isRead(target)) {
        load = this.#where(target, place);
      } else {
        effects.push(this.#memoryEffect(target, place, annotations));
      }
    });
    return { effects, load };
  }

  /** Not the PC, which the next step tells, and not what the machine keeps for itself. */
  #isArchitectural(id: number): boolean {
    if (id >= FIRST_FREE) return id !== this.#tlb;
    return id < ACCESS_ADDRESS && id !== PC && id !== ZERO && id !== SINK;
  }

  #registerEffect(id: number, place: LogPlace): Effect {
    const name = this.#cpu.registers.nameOf(id);
    return { kind: 'register', id, name, old: this.#cpu.cells[id]!, new: this.#log.effects.value(place.value) };
  }

  #memoryEffect(target: number, place: LogPlace, annotations: Annotations): Effect {
    const where = this.#where(target, place);
    const { pa, size } = where;
    const old = this.#memory.physical.read(pa, size);
    return {
      kind: 'memory',
      ...where,
      old,
      new: this.#log.effects.value(place.value),
      field: annotations.fieldAt(pa, size),
    };
  }

  #where(target: number, place: LogPlace): Load {
    const code = this.#log.effects.addressCode(place.address);
    return {
      va: this.#log.pages.va(code),
      pa: BigInt(this.#memory.physical.base + this.#log.pages.offset(code)),
      size: sizeOf(target),
    };
  }
}

/**
 * The instruction at virtual address `pc` as objdump writes it, but with a space for the tab. A branch target is named by the
 * symbol that lies as far from the instruction in memory as the target from `pc`.
 */
export function operationText(
  operation: Operation,
  pc: bigint,
  physical: PhysicalMemory,
  annotations: Annotations,
): string {
  const pa = BigInt(physical.base + operation.pa);
  const target = (address: bigint) => {
    const symbol = annotations.symbolAt(BigInt.asUintN(64, pa + address - pc));
    return symbol && (symbol.offset === 0 ? symbol.name : symbolText(symbol));
  };
  return printInstruction(operation.instruction, { address: pc, target }).replace('\t', ' ');
}
