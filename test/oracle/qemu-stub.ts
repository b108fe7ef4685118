/**
 * A qemu-system-aarch64 held by its gdb stub (the GDB remote serial protocol on its standard input and output), for what
 * its log does not show: vector and system registers, and memory.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REPLY_SECONDS = 60;

/** A register that the stub can tell. */
export interface StubRegister {
  /** As the stub's description of the target names it, in lower case. */
  readonly name: string;
  readonly number: number;
  readonly bits: number;
}

export class QemuStub {
  readonly #process: ChildProcessWithoutNullStreams;
  #input = '';
  #stderr = '';
  #wake: () => void = () => {};

  /** Starts QEMU with `args`, halted before its first instruction. */
  constructor(args: readonly string[]) {
    this.#process = spawn('qemu-system-aarch64', [...args, '-S', '-gdb', 'stdio']);
    this.#process.stdout.setEncoding('latin1').on('data', (text: string) => {
      this.#input += text;
      this.#wake();
    });
    this.#process.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    this.#process.on('exit', () => this.#wake());
  }

  /** Runs until the instruction at `address` is about to be executed for the `count`th time. */
  async runTo(address: bigint, count: number): Promise<void> {
    const place = `0,${address.toString(16)},4`;
    await this.#expect(`Z${place}`, 'OK');
    for (let n = 0; n < count; n++) {
      // From a breakpoint it would not get away by continuing.
      if (n > 0) await this.#go('s');
      await this.#go('c');
    }
    await this.#expect(`z${place}`, 'OK');
  }

  async #go(command: 'c' | 's'): Promise<void> {
    const reply = await this.#ask(command);
    if (!reply.startsWith('T05')) throw new Error(`QEMU's stub stopped with ${reply}`);
  }

  /** Every register of the target's description. */
  async registers(): Promise<StubRegister[]> {
    const target = await this.#readFile('target.xml');
    const parts = [...target.matchAll(/<xi:include href="([^"]+)"/g)].map(([, name]) => name!);
    const found: StubRegister[] = [];
    for (const part of parts) {
      let next = found.length === 0 ? 0 : found.at(-1)!.number + 1;
      for (const [element] of (await this.#readFile(part)).matchAll(/<reg [^>]*>/g)) {
        const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(element)?.[1];
        const number = Number(attribute('regnum') ?? next);
        found.push({ name: attribute('name')!.toLowerCase(), number, bits: Number(attribute('bitsize')) });
        next = number + 1;
      }
    }
    return found;
  }

  async read({ number, bits }: StubRegister): Promise<bigint> {
    return littleEndian((await this.#ask(`p${number.toString(16)}`)).slice(0, bits / 4));
  }

  /** `size` bytes of physical memory; RAM only. */
  async memory(address: bigint, size: number, folder: string): Promise<Uint8Array> {
    const path = join(folder, 'memory.bin');
    const command = `pmemsave ${address} ${size} "${path}"`;
    await this.#ask(`qRcmd,${Buffer.from(command).toString('hex')}`);
    return readFileSync(path);
  }

  /** A word at physical address `address`, of a device or of RAM. */
  async word(address: bigint): Promise<bigint> {
    await this.#expect('Qqemu.PhyMemMode:1', 'OK');
    return littleEndian(await this.#ask(`m${address.toString(16)},4`));
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  async #readFile(name: string): Promise<string> {
    let text = '';
    for (;;) {
      const reply = await this.#ask(`qXfer:features:read:${name}:${text.length.toString(16)},7f0`);
      text += reply.slice(1);
      if (reply[0] === 'l') return text;
      if (reply[0] !== 'm') throw new Error(`QEMU's stub does not give ${name}`);
    }
  }

  async #expect(packet: string, wanted: string): Promise<void> {
    const reply = await this.#ask(packet);
    if (reply !== wanted) throw new Error(`QEMU's stub answers ${packet} with '${reply}'`);
  }

  /** Sends a packet; the reply to it, with the console output of qRcmd left out. */
  async #ask(packet: string): Promise<string> {
    const sum = [...packet].reduce((total, char) => total + char.charCodeAt(0), 0) & 0xff;
    this.#process.stdin.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`);
    for (;;) {
      const reply = await this.#packet();
      if (packet.startsWith('qRcmd') && reply.startsWith('O') && reply !== 'OK') continue;
      return reply;
    }
  }

  async #packet(): Promise<string> {
    const deadline = Date.now() + REPLY_SECONDS * 1000;
    for (;;) {
      const match = /\$([^#]*)#[0-9a-f]{2}/.exec(this.#input);
      if (match !== null) {
        this.#input = this.#input.slice(match.index + match[0].length);
        this.#process.stdin.write('+');
        return unescaped(match[1]!);
      }
      if (this.#process.exitCode !== null) throw new Error(`QEMU has ended: ${this.#stderr}`);
      if (Date.now() > deadline) throw new Error("QEMU's stub does not answer");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, REPLY_SECONDS * 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** `}` stands before a character that has bit 5 changed. */
function unescaped(text: string): string {
  return text.replace(/\}([\s\S])/g, (_, char: string) => String.fromCharCode(char.charCodeAt(0) ^ 0x20));
}

function littleEndian(hex: string): bigint {
  const bytes = hex.match(/../g) ?? [];
  return BigInt(`0x${bytes.reverse().join('') || '0'}`);
}
