/** Output files that appear whole or not at all, and lines to standard output. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { decodeText } from '../../asm/source/files.ts';
import type { ConsoleStream } from '../devices/semihosting.ts';

/** Pieces smaller than this are gathered before they are written, in UTF-16 units. */
const CHUNK = 1 << 16;

/** Calls `write` with pieces of about CHUNK units, made of `lines` with a newline after each. */
function inChunks(lines: Iterable<string>, write: (piece: string) => void): void {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < CHUNK) continue;
    write(piece);
    piece = '';
  }
  if (piece !== '') write(piece);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such folder';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return code ?? String(error);
}

/**
 * Makes the file at `path` with what `fill` writes: beside it first, then renamed, so that a reader sees the old file or
 * the new one and never a part. Throws SourceError where the file cannot be made; then nothing is left behind.
 */
function writeWhole(path: string, fill: (write: (data: string | Uint8Array) => void) => void): void {
  const beside = `${path}.${process.pid}.part`;
  let descriptor: number;
  try {
    descriptor = openSync(beside, 'w');
  } catch (error) {
    throw new SourceError(`cannot write '${path}': ${reasonOf(error)}`);
  }
  try {
    try {
      fill((data) => {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      });
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new SourceError(`cannot write '${path}': ${reasonOf(error)}`);
  }
}

/** Writes `lines`, a newline after each, to the file at `path`, whole or not at all. */
export function writeLines(path: string, lines: Iterable<string>): void {
  writeWhole(path, (write) => inChunks(lines, write));
}

/** Writes `bytes` to the file at `path`, whole or not at all. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  writeWhole(path, (write) => write(bytes));
}

/** Prints `text` as it is to standard output. */
export function printText(text: string): void {
  if (text !== '') printLines([text.replace(/\n$/, '')]);
}

/** Prints `lines` to standard output. A reader that has gone away (`| head`) ends the printing quietly. */
export function printLines(lines: Iterable<string>): void {
  try {
    inChunks(lines, (piece) => writeAll(STDOUT, new TextEncoder().encode(piece)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

const STDOUT = 1;
const STDERR = 2;

/** Writes all of `bytes` to the open file `descriptor`. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // A pipe that is full for the moment: standard output is non-blocking where it is shared with a terminal.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const NEWLINE = 0x0a;

/** What a simulated program sends, kept as text. */
export class KeptOutput {
  readonly #bytes: Record<ConsoleStream, number[]> = { stdout: [], stderr: [] };

  readonly send = (byte: number, stream: ConsoleStream): void => {
    this.#bytes[stream].push(byte);
  };

  get texts(): Record<ConsoleStream, string> {
    const text = (bytes: readonly number[]) => decodeText(Uint8Array.from(bytes));
    return { stdout: text(this.#bytes.stdout), stderr: text(this.#bytes.stderr) };
  }
}

/** What a simulated program sends, passed on byte for byte in lines, or in pieces where lines are long. */
export class ProgramOutput {
  readonly #toStderr: boolean;
  readonly #pending: Record<ConsoleStream, number[]> = { stdout: [], stderr: [] };
  #last = NEWLINE;

  /** With `toStderr` standard output is kept free for hypstep's own. */
  constructor({ toStderr = false } = {}) {
    this.#toStderr = toStderr;
  }

  readonly send = (byte: number, stream: ConsoleStream): void => {
    const pending = this.#pending[stream];
    pending.push(byte);
    this.#last = byte;
    if (byte === NEWLINE || pending.length === CHUNK) this.#write(stream);
  };

  /** Passes on what is left. */
  flush(): void {
    this.#write('stdout');
    this.#write('stderr');
  }

  /** The same, and where the program ended within a line that a reader sees, ends that line. */
  finish(): void {
    this.flush();
    const isSeen = this.#toStderr || isatty(STDOUT);
    if (isSeen && this.#last !== NEWLINE) writeAll(STDERR, Uint8Array.of(NEWLINE));
  }

  #write(stream: ConsoleStream): void {
    const bytes = Uint8Array.from(this.#pending[stream].splice(0));
    try {
      writeAll(stream === 'stderr' || this.#toStderr ? STDERR : STDOUT, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    }
  }
}
