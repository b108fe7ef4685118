/**
 * A board for bare-metal programs, laid out as QEMU's `-M virt,virtualization=on` (QEMU 7.2, hw/arm/virt.c, the memory map):
 * one core that starts in EL2h, RAM at 1 GiB, a PL011, firmware that answers PSCI calls by SMC, and semihosting.
 */
import type { Cpu } from '../core/cpu.ts';
import { type CpuModel, cpuModel } from '../core/models.ts';
import { NZCV } from '../core/registers.ts';
import type { Distributor } from '../devices/distributor.ts';
import { type TimerName, timerInterrupts } from '../devices/generic-timer.ts';
import { GicV2 } from '../devices/gic-v2-physical.ts';
import { GicV3 } from '../devices/gic-v3-physical.ts';
import { Pl011 } from '../devices/pl011.ts';
import { callPsci, type PowerCall } from '../devices/psci.ts';
import { type ConsoleStream, Semihosting } from '../devices/semihosting.ts';
import type { VirtualInterface } from '../devices/virtual-interface.ts';
import { Machine } from '../exec/machine.ts';
import { GICC, GICD, GICH, GICR, GICV, RAM_BASE, UART } from './memory-map.ts';

export interface BoardOptions {
  /** The name of a core of core/models.ts. */
  readonly cpu: string;
  /** Bytes of RAM, a multiple of 4 KB. */
  readonly ram: number;
  readonly gic: 'v2' | 'v3';
  /** Takes what the program sends, by the UART or by semihosting, one byte at a time. */
  readonly send: (byte: number, stream: ConsoleStream) => void;
  /** What semihosting's SYS_GET_CMDLINE tells. */
  readonly commandLine: string;
}

/** Why the machine has been turned off. */
export type PowerOff =
  | { readonly kind: 'exit'; readonly status: number; readonly call: 'SYS_EXIT' | 'SYS_EXIT_EXTENDED' }
  | { readonly kind: 'power'; readonly call: PowerCall };

/** INTIDs of the GIC's maintenance interrupt and of the UART. */
export const MAINTENANCE = 25;
const UART_INTERRUPT = 33;

/** A core of 1 GHz: cycles are nanoseconds. */
const NANOSECONDS_PER_CYCLE = 1;

/** The condition flags after QEMU's reset; the architecture leaves them UNKNOWN. */
const NZCV_RESET = 1n << 30n;

export class Board {
  readonly machine: Machine;
  readonly model: CpuModel;
  readonly gic: 'v2' | 'v3';
  /** Set when the program has ended or has turned the machine off. */
  off: PowerOff | undefined;
  /** RAM that the program left free, for semihosting's SYS_HEAPINFO. */
  heap: { readonly begin: bigint; readonly end: bigint };

  /** Throws RangeError for a core there is not, or an amount of RAM there cannot be. */
  constructor({ cpu: name, ram, gic, send, commandLine }: BoardOptions) {
    this.model = cpuModel(name, { gic });
    this.gic = gic;
    this.machine = new Machine({
      model: this.model,
      ram: { base: RAM_BASE, size: ram },
      gicV2: gic === 'v2' ? { control: GICH, cpuInterface: GICV } : undefined,
    });
    this.heap = { begin: RAM_BASE, end: RAM_BASE + BigInt(ram) };
    const { cpu, physical } = this.machine;
    cpu.cells[NZCV] = NZCV_RESET;
    const uart = new Pl011(cpu, UART, (byte) => send(byte, 'stdout'));
    physical.addDevice(uart);
    this.#connect(this.#addGic(), uart);
    this.machine.firmware = () => callPsci(cpu, (call) => this.#turnOff({ kind: 'power', call }));
    const semihosting = this.#semihosting(cpu, send, commandLine);
    this.machine.semihosting = () => semihosting.call();
  }

  /** Adds the physical side of the interrupt controller; the virtual one is the machine's. */
  #addGic(): Distributor {
    const { cpu, physical, gicV2, gicV3 } = this.machine;
    if (gicV3 !== undefined) {
      const gic = new GicV3(cpu);
      physical.addDevice(gic.distributorRegisters(GICD));
      physical.addDevice(gic.redistributorRegisters(GICR));
      gicV3.physical = gic;
      connectVirtual(gicV3.engine, gic.distributor);
      return gic.distributor;
    }
    const gic = new GicV2(cpu);
    physical.addDevice(gic.distributorRegisters(GICD));
    physical.addDevice(gic.interfaceRegisters(GICC));
    connectVirtual(gicV2!.engine, gic.distributor);
    return gic.distributor;
  }

  /** Wires the interrupt outputs of timers and UART to the distributor. */
  #connect(distributor: Distributor, uart: Pl011): void {
    for (const name of Object.keys(timerInterrupts) as TimerName[]) {
      this.machine.timer.connect(name, (asserted) => distributor.setLine(timerInterrupts[name], asserted));
    }
    uart.interrupt = (asserted) => distributor.setLine(UART_INTERRUPT, asserted);
  }

  #turnOff(why: PowerOff): void {
    this.off ??= why;
  }

  #semihosting(cpu: Cpu, send: BoardOptions['send'], commandLine: string): Semihosting {
    const { machine } = this;
    const physicalAddress = (address: bigint) => {
      const pa = machine.memory.translate(address);
      return pa !== undefined && machine.physical.hasRam(pa, 1) ? pa : undefined;
    };
    const heap = () => this.heap;
    return new Semihosting(cpu, {
      commandLine,
      send,
      read: (address) => {
        const pa = physicalAddress(address);
        return pa === undefined ? undefined : Number(machine.physical.read(pa, 1));
      },
      write: (address, byte) => {
        const pa = physicalAddress(address);
        if (pa !== undefined) machine.memory.poke(pa, 1, BigInt(byte));
        return pa !== undefined;
      },
      exit: (status, call) => this.#turnOff({ kind: 'exit', status, call }),
      get heap() {
        return heap();
      },
      get nanoseconds() {
        return cpu.clock.cycles * NANOSECONDS_PER_CYCLE;
      },
    });
  }
}

/** The maintenance interrupt, and the physical interrupts that a list register's HW bit ends with the virtual one. */
function connectVirtual(engine: VirtualInterface, distributor: Distributor): void {
  engine.maintenance = (asserted) => distributor.setLine(MAINTENANCE, asserted);
  engine.deactivate = (id) => distributor.deactivate(id);
}
