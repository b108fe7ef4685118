/**
 * Semihosting for AArch64 (Arm, "Semihosting for AArch32 and AArch64", release 2.0): the console, the clock, the heap and the
 * exit. Files of the host are out of reach: of names only ":tt", the console, and ":semihosting-features" can be opened.
 */
import type { Cpu } from '../core/cpu.ts';
import { NotModelled } from '../core/exceptions.ts';
import { X0 } from '../core/registers.ts';

export type ConsoleStream = 'stdout' | 'stderr';

/** What the calls act on. */
export interface SemihostingHost {
  /** The byte at the program's address, or undefined where there is none to read. */
  read(address: bigint): number | undefined;
  /** Writes a byte; false where there is no memory. */
  write(address: bigint, byte: number): boolean;
  send(byte: number, stream: ConsoleStream): void;
  /** The program has ended; only the low eight bits of `status` reach a shell. */
  exit(status: number, call: 'SYS_EXIT' | 'SYS_EXIT_EXTENDED'): void;
  /** What SYS_GET_CMDLINE tells. */
  readonly commandLine: string;
  /** Memory that the program does not use: the heap grows up from its begin, the stack down from its end. */
  readonly heap: { readonly begin: bigint; readonly end: bigint };
  /** Nanoseconds since the machine was started. */
  readonly nanoseconds: number;
}

const FAILURE = -1n;
/** "The RETURN REGISTER is corrupted": by this value in QEMU, and so here. */
const CORRUPTED = 0xdead_beefn;
/** SYS_EXIT's reason for a normal end, ADP_Stopped_ApplicationExit. */
const APPLICATION_EXIT = 0x2_0026n;
/** Errors as newlib numbers them. */
const ENOENT = 2;
const EBADF = 9;
const EFAULT = 14;

/** The file ":semihosting-features": a magic number, and one byte: SYS_EXIT_EXTENDED is there, stdout and stderr are two. */
const FEATURES = [0x53, 0x48, 0x46, 0x42, 0x3];
const MAX_NAME = 256;
const MAX_STRING = 1 << 20;
const NANOSECONDS = 1e9;

type Handle = { readonly kind: 'stdin' | ConsoleStream } | { readonly kind: 'features'; at: number };

/** Numbers of calls, by name. */
export class Semihosting {
  readonly #cpu: Cpu;
  readonly #host: SemihostingHost;
  readonly #handles: (Handle | undefined)[] = [];
  #error = 0;
  readonly #calls: ReadonlyMap<number, () => bigint> = new Map([
    [0x01, () => this.#open()],
    [0x02, () => this.#close()],
    [0x03, () => this.#writeCharacter()],
    [0x04, () => this.#writeString()],
    [0x05, () => this.#write()],
    [0x06, () => this.#read()],
    [0x07, () => FAILURE],
    [0x08, () => (BigInt.asIntN(32, this.#parameter(0)) < 0n ? 1n : 0n)],
    [0x09, () => this.#withHandle(({ kind }) => (kind === 'features' ? 0n : 1n))],
    [0x0a, () => this.#seek()],
    [0x0c, () => this.#withHandle(({ kind }) => (kind === 'features' ? BigInt(FEATURES.length) : 0n))],
    [0x10, () => BigInt(Math.floor(this.#host.nanoseconds / (NANOSECONDS / 100)))],
    [0x11, () => BigInt(Math.floor(this.#host.nanoseconds / NANOSECONDS))],
    [0x13, () => BigInt(this.#error)],
    [0x15, () => this.#commandLine()],
    [0x16, () => this.#heapInfo()],
    [0x18, () => this.#exit('SYS_EXIT')],
    [0x20, () => this.#exit('SYS_EXIT_EXTENDED')],
    [0x30, () => this.#elapsed()],
    [0x31, () => BigInt(NANOSECONDS)],
  ]);

  constructor(cpu: Cpu, host: SemihostingHost) {
    this.#cpu = cpu;
    this.#host = host;
  }

  /** Carries out the call in W0 with the parameter in X1: its result is in X0 afterwards. Throws NotModelled. */
  call(): void {
    const number = this.#cpu.words[2 * X0]!;
    const call = this.#calls.get(number);
    if (call === undefined) throw new NotModelled(`the semihosting call 0x${number.toString(16)}`);
    let result: bigint;
    try {
      result = call();
    } catch (fault) {
      if (!(fault instanceof CallFault)) throw fault;
      this.#error = fault.error;
      result = FAILURE;
    }
    this.#cpu.write(X0, BigInt.asUintN(64, result));
  }

  /** The address of the parameter block, or what stands for it. */
  get #block(): bigint {
    return this.#cpu.cells[X0 + 1]!;
  }

  #byte(address: bigint): number {
    const byte = this.#host.read(BigInt.asUintN(64, address));
    if (byte === undefined) throw new CallFault(EFAULT);
    return byte;
  }

  #store(address: bigint, byte: number): void {
    if (!this.#host.write(BigInt.asUintN(64, address), byte)) throw new CallFault(EFAULT);
  }

  #storeWord(address: bigint, value: bigint): void {
    for (let n = 0n; n < 8n; n++) this.#store(address + n, Number((value >> (8n * n)) & 0xffn));
  }

  /** Word `n` of the parameter block. */
  #parameter(n: number): bigint {
    let value = 0n;
    for (let byte = 7n; byte >= 0n; byte--)
      value = (value << 8n) | BigInt(this.#byte(this.#block + BigInt(8 * n) + byte));
    return value;
  }

  #withHandle(use: (handle: Handle) => bigint): bigint {
    const handle = this.#handles[Number(this.#parameter(0)) - 1];
    if (handle === undefined) throw new CallFault(EBADF);
    return use(handle);
  }

  #open(): bigint {
    const [address, mode, length] = [this.#parameter(0), this.#parameter(1), this.#parameter(2)];
    let name = '';
    for (let n = 0n; n < length && n < MAX_NAME; n++) name += String.fromCharCode(this.#byte(address + n));
    const handle = handleOf(name, Number(mode));
    if (handle === undefined) throw new CallFault(ENOENT);
    const free = this.#handles.indexOf(undefined);
    const at = free < 0 ? this.#handles.length : free;
    this.#handles[at] = handle;
    return BigInt(at + 1);
  }

  #close(): bigint {
    return this.#withHandle(() => {
      this.#handles[Number(this.#parameter(0)) - 1] = undefined;
      return 0n;
    });
  }

  #writeCharacter(): bigint {
    this.#host.send(this.#byte(this.#block), 'stdout');
    return CORRUPTED;
  }

  #writeString(): bigint {
    const bytes: number[] = [];
    for (let at = this.#block; bytes.length < MAX_STRING; at++) {
      const byte = this.#byte(at);
      if (byte === 0) break;
      bytes.push(byte);
    }
    for (const byte of bytes) this.#host.send(byte, 'stdout');
    return CORRUPTED;
  }

  /** SYS_WRITE: the number of bytes that were not written. */
  #write(): bigint {
    return this.#withHandle(({ kind }) => {
      const [address, length] = [this.#parameter(1), this.#parameter(2)];
      if (kind !== 'stdout' && kind !== 'stderr') throw new CallFault(EBADF);
      for (let n = 0n; n < length; n++) this.#host.send(this.#byte(address + n), kind);
      return 0n;
    });
  }

  /** SYS_READ: the number of bytes that were not read; the console is at its end. */
  #read(): bigint {
    return this.#withHandle((handle) => {
      const [address, length] = [this.#parameter(1), this.#parameter(2)];
      let done = 0n;
      if (handle.kind === 'features') {
        for (; done < length && handle.at < FEATURES.length; done++)
          this.#store(address + done, FEATURES[handle.at++]!);
      }
      return length - done;
    });
  }

  #seek(): bigint {
    return this.#withHandle((handle) => {
      if (handle.kind !== 'features') return FAILURE;
      handle.at = Number(this.#parameter(1));
      return 0n;
    });
  }

  #commandLine(): bigint {
    const bytes = new TextEncoder().encode(this.#host.commandLine);
    const [address, size] = [this.#parameter(0), this.#parameter(1)];
    if (BigInt(bytes.length) >= size) return FAILURE;
    for (const [n, byte] of [...bytes, 0].entries()) this.#store(address + BigInt(n), byte);
    this.#storeWord(this.#block + 8n, BigInt(bytes.length));
    return 0n;
  }

  /** SYS_HEAPINFO: base and limit of the heap, base and limit of the stack. */
  #heapInfo(): bigint {
    const block = this.#parameter(0);
    const { begin, end } = this.#host.heap;
    for (const [n, value] of [begin, end, end, begin].entries()) this.#storeWord(block + BigInt(8 * n), value);
    return 0n;
  }

  #exit(call: 'SYS_EXIT' | 'SYS_EXIT_EXTENDED'): bigint {
    const isNormal = this.#parameter(0) === APPLICATION_EXIT;
    this.#host.exit(isNormal ? Number(this.#parameter(1) & 0xffn) : 1, call);
    return this.#cpu.cells[X0]!;
  }

  #elapsed(): bigint {
    this.#storeWord(this.#block, BigInt(Math.floor(this.#host.nanoseconds)));
    return 0n;
  }
}

/** A call that fails, with the number that SYS_ERRNO then tells. */
class CallFault {
  readonly error: number;

  constructor(error: number) {
    this.error = error;
  }
}

/** SYS_OPEN of ":tt": for reading the input, for writing the output, for appending the error output. */
function handleOf(name: string, mode: number): Handle | undefined {
  if (name === ':semihosting-features') return { kind: 'features', at: 0 };
  if (name !== ':tt') return undefined;
  if (mode < 4) return { kind: 'stdin' };
  return { kind: mode < 8 ? 'stdout' : 'stderr' };
}
