/**
 * A machine's cells and memory, moved through a log in both directions. What the machine derives from them (Cpu.refresh)
 * is left to the caller.
 */
import type { Cpu } from '../core/cpu.ts';
import { PC } from '../core/registers.ts';
import type { Memory } from '../memory/memory.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { isCell, isRead, type LogPlace, sizeOf } from './effect-log.ts';
import type { Log } from './log.ts';
import { NONE } from './step-log.ts';

export class Cursor {
  readonly #log: Log;
  readonly #cpu: Cpu;
  readonly #memory: Memory;
  /** Whether the state is that after the last step, however many are appended. */
  #isAtEnd = true;
  /** Where that is not so: the position, and where its effects begin. */
  #position = 0;
  readonly #place: LogPlace = { effect: 0, value: 0, address: 0 };

  constructor(log: Log, cpu: Cpu, memory: Memory) {
    this.#log = log;
    this.#cpu = cpu;
    this.#memory = memory;
  }

  /** The step before which the state is. */
  get position(): number {
    return this.#isAtEnd ? this.#log.steps.length : this.#position;
  }

  /** The log was truncated to the position: it is the end now. */
  setToEnd(): void {
    this.#isAtEnd = true;
  }

  /** Brings cells and memory to what they were before step `position`, from 0 to the length. */
  moveTo(position: number): void {
    this.#leaveEnd();
    while (this.#position > position) this.#undo();
    while (this.#position < position) this.#redo();
    this.#isAtEnd = position === this.#log.steps.length;
  }

  /**
   * Does step `position` again; before each of its effects `look` is told the effect's target and place, while the log still
   * has the new value and the machine the old one.
   */
  redoEach(look: (target: number, place: LogPlace) => void): void {
    const { steps, effects } = this.#log;
    this.#leaveEnd();
    const index = this.#position++;
    let jumped = false;
    for (let left = steps.count(index); left > 0; left--) {
      const target = effects.target(this.#place.effect);
      look(target, this.#place);
      this.#redoEffect();
      if (target === PC) jumped = true;
    }
    if (!jumped && steps.operation(index) !== NONE) this.#movePc(4n);
    this.#isAtEnd = this.#position === steps.length;
  }

  /** Undoes the effects of a step that was not appended, and takes them from the log: those from `start` on. */
  takeBack(start: LogPlace): void {
    const place = { ...this.#log.effects.end };
    while (place.effect > start.effect) this.#undoEffect(place);
    this.#log.effects.truncate(start);
  }

  /** Notes where the end is: the state is about to be another. */
  #leaveEnd(): void {
    if (!this.#isAtEnd) return;
    Object.assign(this.#place, this.#log.effects.end);
    this.#position = this.#log.steps.length;
    this.#isAtEnd = false;
  }

  #undo(): void {
    const { steps } = this.#log;
    const index = --this.#position;
    let jumped = false;
    for (let left = steps.count(index); left > 0; left--) if (this.#undoEffect(this.#place) === PC) jumped = true;
    if (!jumped && steps.operation(index) !== NONE) this.#movePc(-4n);
  }

  #redo(): void {
    const { steps } = this.#log;
    const index = this.#position++;
    let jumped = false;
    for (let left = steps.count(index); left > 0; left--) if (this.#redoEffect() === PC) jumped = true;
    if (!jumped && steps.operation(index) !== NONE) this.#movePc(4n);
  }

  /** Undoes the effect before `place`, which moves back over it; returns its target. */
  #undoEffect(place: LogPlace): number {
    const target = this.#log.effects.backward(place);
    this.#swap(target, place.value, place.address);
    return target;
  }

  #redoEffect(): number {
    const { value, address } = this.#place;
    const target = this.#log.effects.forward(this.#place);
    this.#swap(target, value, address);
    return target;
  }

  #swap(target: number, value: number, address: number): void {
    const { effects } = this.#log;
    if (isCell(target)) effects.swapCell(target, value, this.#cpu.words);
    else if (!isRead(target)) this.#swapMemory(sizeOf(target), value, effects.addressCode(address));
  }

  #swapMemory(size: number, value: number, addressCode: number): void {
    const { physical } = this.#memory;
    const offset = this.#log.pages.offset(addressCode);
    if (!this.#memory.isCode(Math.floor(offset / PAGE_SIZE))) {
      this.#log.effects.swapBytes(value, physical.u8, offset, size);
      return;
    }
    const pa = BigInt(physical.base + offset);
    const old = physical.read(pa, size);
    this.#memory.poke(pa, size, this.#log.effects.value(value));
    this.#log.effects.setValue(value, old);
  }

  #movePc(distance: bigint): void {
    const { cells } = this.#cpu;
    cells[PC] = cells[PC]! + distance;
  }
}
