/** Everything a recording keeps of its steps, and the questions that the log alone answers. */
import type { ExceptionEvent } from '../core/journal.ts';
import type { Operation } from '../exec/operation.ts';
import { AddressPages } from './address-pages.ts';
import { EffectLog, isCell, isRead, type LogPlace, sizeOf } from './effect-log.ts';
import { StepLog } from './step-log.ts';

export class Log {
  readonly effects = new EffectLog();
  readonly steps = new StepLog(this.effects);
  readonly pages = new AddressPages();
  /** By the numbers StepLog has; NONE has no operation. */
  readonly operations: (Operation | undefined)[] = [undefined];
  /** In the order of their steps. */
  readonly #exceptions: ExceptionEvent[] = [];
  readonly #exceptionSteps: number[] = [];

  /** Tells that the next step to be appended took or left an exception. */
  addException(event: ExceptionEvent): void {
    this.#exceptions.push(event);
    this.#exceptionSteps.push(this.steps.length);
  }

  operationAt(index: number): Operation | undefined {
    return this.operations[this.steps.operation(index)];
  }

  exceptionAt(index: number): ExceptionEvent | undefined {
    const at = lowerBound(this.#exceptionSteps, index);
    return this.#exceptionSteps[at] === index ? this.#exceptions[at] : undefined;
  }

  /** The exception of the last step, or undefined. */
  get lastException(): ExceptionEvent | undefined {
    const last = this.#exceptionSteps.length - 1;
    return last >= 0 && this.#exceptionSteps[last] === this.steps.length - 1 ? this.#exceptions[last] : undefined;
  }

  /** Forgets the steps from `length` on. */
  truncate(length: number): void {
    const kept = lowerBound(this.#exceptionSteps, length);
    this.#exceptionSteps.length = kept;
    this.#exceptions.length = kept;
    this.steps.truncate(length);
  }

  /** The last step before `before` that wrote cell `id`, or undefined. */
  lastWriteOfCell(id: number, before: number): number | undefined {
    return this.#findBack(before, (target) => target === id);
  }

  /** The last step before `before` that wrote any of the `size` bytes at offset `offset` into RAM, or undefined. */
  lastWriteOfMemory(offset: number, size: number, before: number): number | undefined {
    return this.#findBack(
      before,
      (target, address) => !isCell(target) && !isRead(target) && this.#overlaps(target, address, offset, size),
    );
  }

  /** The steps that read or wrote (`access`) any of the `size` bytes at offset `offset` into RAM, in order. */
  *touching(offset: number, size: number, access: 'read' | 'write' | 'any'): Generator<number, void, undefined> {
    const place: LogPlace = { effect: 0, value: 0, address: 0 };
    for (let index = 0; index < this.steps.length; index++) {
      let touches = false;
      for (let left = this.steps.count(index); left > 0; left--) {
        const { address } = place;
        const target = this.effects.forward(place);
        if (isCell(target) || (access === 'read' && !isRead(target)) || (access === 'write' && isRead(target)))
          continue;
        touches ||= this.#overlaps(target, address, offset, size);
      }
      if (touches) yield index;
    }
  }

  /** The first step from `from` on whose operation `wanted` accepts, or undefined. */
  nextStep(from: number, wanted: (operation: Operation) => boolean): number | undefined {
    const accepted = this.#accepted(wanted);
    for (let index = from; index < this.steps.length; index++) {
      if (accepted[this.steps.operation(index)]!) return index;
    }
    return undefined;
  }

  /** The last step before `before` whose operation `wanted` accepts, or undefined. */
  previousStep(before: number, wanted: (operation: Operation) => boolean): number | undefined {
    const accepted = this.#accepted(wanted);
    for (let index = before - 1; index >= 0; index--) {
      if (accepted[this.steps.operation(index)]!) return index;
    }
    return undefined;
  }

  /** Bytes used. */
  get bytes(): number {
    return this.steps.bytes + this.effects.bytes;
  }

  #accepted(wanted: (operation: Operation) => boolean): boolean[] {
    return this.operations.map((operation) => operation !== undefined && wanted(operation));
  }

  /** The last step before `before` with an effect that `wanted` accepts, told its target and the number of its address. */
  #findBack(before: number, wanted: (target: number, address: number) => boolean): number | undefined {
    const place = this.steps.place(before);
    for (let index = before - 1; index >= 0; index--) {
      for (let left = this.steps.count(index); left > 0; left--) {
        const target = this.effects.backward(place);
        if (wanted(target, place.address)) return index;
      }
    }
    return undefined;
  }

  #overlaps(target: number, address: number, offset: number, size: number): boolean {
    const start = this.pages.offset(this.effects.addressCode(address));
    return start < offset + size && offset < start + sizeOf(target);
  }
}

/** The index of the first element of `sorted` that is not less than `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
