/**
 * The PrimeCell UART PL011 (DDI 0183G, chapter 3 "Programmers Model"), as a device that sends at once and receives nothing.
 */
import type { Cpu } from '../core/cpu.ts';
import type { InterruptOutput, MemoryMappedDevice } from './device.ts';

/** Told the bytes that were sent, one at a time. */
export type ByteSink = (byte: number) => void;

/** UARTFR: transmit and receive FIFO empty. */
const FLAGS = 0x90n;
/** UARTRIS, UARTMIS, UARTIMSC, UARTICR: the transmit interrupt among the eleven there are. */
const TRANSMIT = 1n << 5n;
const INTERRUPTS = 0x7ffn;
/** UARTPeriphID0-3 and UARTPCellID0-3 of revision r1p4, from offset 0xfe0 on. */
const IDENTIFICATION = [0x11n, 0x10n, 0x14n, 0x00n, 0x0dn, 0xf0n, 0x05n, 0xb1n];
const IDENTIFICATION_BASE = 0xfe0;

const DR = 0x000;
const FR = 0x018;
const IMSC = 0x038;
const RIS = 0x03c;
const MIS = 0x040;
const ICR = 0x044;

/** Registers that keep what is written: offset, name, writable bits, reset value. */
const settings: readonly (readonly [offset: number, name: string, mask: bigint, reset: bigint])[] = [
  [0x020, 'uartilpr', 0xffn, 0n],
  [0x024, 'uartibrd', 0xffffn, 0n],
  [0x028, 'uartfbrd', 0x3fn, 0n],
  [0x02c, 'uartlcr_h', 0xffn, 0n],
  // Transmit and receive enabled.
  [0x030, 'uartcr', 0xffffn, 0x300n],
  [0x034, 'uartifls', 0x3fn, 0x12n],
  [IMSC, 'uartimsc', INTERRUPTS, 0n],
  [0x048, 'uartdmacr', 7n, 0n],
];

export class Pl011 implements MemoryMappedDevice {
  readonly name = 'uart';
  readonly base: bigint;
  readonly size = 0x1000;
  /** The combined interrupt, UARTINTR. */
  interrupt: InterruptOutput = () => {};
  readonly #cpu: Cpu;
  readonly #send: ByteSink;
  readonly #raw: number;
  readonly #mask: number;
  readonly #settings: ReadonlyMap<number, { readonly cell: number; readonly mask: bigint }>;

  /** The UART whose registers begin at physical address `base`; what it sends goes to `send`. */
  constructor(cpu: Cpu, base: bigint, send: ByteSink) {
    this.#cpu = cpu;
    this.base = base;
    this.#send = send;
    this.#raw = cpu.cell('uartris');
    this.#mask = cpu.cell('uartimsc');
    this.#settings = new Map(settings.map(([offset, name, mask]) => [offset, { cell: cpu.cell(name), mask }]));
    for (const [, name, , reset] of settings) cpu.cells[cpu.cell(name)] = reset;
  }

  read(offset: number): bigint {
    const { cells } = this.#cpu;
    const setting = this.#settings.get(offset);
    if (setting !== undefined) return cells[setting.cell]!;
    switch (offset) {
      case FR:
        return FLAGS;
      case RIS:
        return cells[this.#raw]!;
      case MIS:
        return cells[this.#raw]! & cells[this.#mask]!;
      default:
        return offset % 4 === 0 ? (IDENTIFICATION[(offset - IDENTIFICATION_BASE) / 4] ?? 0n) : 0n;
    }
  }

  write(offset: number, _size: number, value: bigint): void {
    const setting = this.#settings.get(offset);
    if (setting !== undefined) {
      this.#cpu.write(setting.cell, value & setting.mask);
      this.#update();
    } else if (offset === DR) {
      this.#send(Number(value & 0xffn));
      this.#setRaw(this.#cpu.cells[this.#raw]! | TRANSMIT);
    } else if (offset === ICR) {
      this.#setRaw(this.#cpu.cells[this.#raw]! & ~value);
    }
  }

  #setRaw(value: bigint): void {
    if (this.#cpu.cells[this.#raw] !== value) this.#cpu.write(this.#raw, value);
    this.#update();
  }

  #update(): void {
    const { cells } = this.#cpu;
    this.interrupt((cells[this.#raw]! & cells[this.#mask]!) !== 0n);
  }
}
