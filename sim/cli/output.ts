/** Output files that appear whole or not at all, and lines to standard output. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { SourceError } from '../../asm/source/diagnostics.ts';

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
    inChunks(lines, (piece) => {
      const bytes = new TextEncoder().encode(piece);
      for (let at = 0; at < bytes.length; ) {
        try {
          at += writeSync(1, bytes, at);
        } catch (error) {
          // A pipe that is full for the moment: standard output is non-blocking where it is shared with a terminal.
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        }
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
