/** What other simulators need for the loops of programs.ts. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTempFolder, runTool, type ToolResult } from '../oracle/tools.ts';
import { loop, type Program } from './programs.ts';
import { short, timeOf } from './table.ts';

/**
 * What `body` returns; undefined where it throws, since a tool is missing: that is told, or an error where all tools are
 * required, as in .ci/run.
 */
export function ifInstalled<T>(peer: string, body: () => T): T | undefined {
  try {
    return body();
  } catch (reason) {
    if (process.env.HYPSTEP_ORACLES === 'required') throw reason;
    console.log(`  no ${peer} to compare with: ${(reason as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

function run(tool: string, args: readonly string[]): ToolResult {
  const result = runTool(tool, args);
  if (result.status !== 0) throw new Error(`${tool} ended with status ${result.status}: ${result.stderr.trim()}`);
  return result;
}

/** How Unicorn runs; see unicorn.c. */
export type UnicornMode = 'free' | 'hook' | 'step';

/** Rounds that take it about a tenth of a second. */
const UNICORN_ROUNDS = { free: 20_000_000, hook: 4_000_000, step: 100_000 } as const;

/**
 * Has `body` measure Unicorn running `block`, in instructions a second. Throws where the host has no C compiler or no
 * libunicorn.
 */
export function withUnicorn<T>(block: string, body: (speed: (mode: UnicornMode) => number) => T): T {
  return inTempFolder((folder) => {
    const program = join(folder, 'unicorn');
    run('cc', ['-O2', '-o', program, new URL('unicorn.c', import.meta.url).pathname, '-lunicorn']);
    const image = join(folder, 'image.bin');
    return body((mode) => {
      const { words, steps, end } = loop(block, UNICORN_ROUNDS[mode]);
      writeFileSync(image, words);
      return steps / Number(run(program, [image, `${end}`, mode]).stdout);
    });
  });
}

/** Beyond the device tree, which QEMU puts at the start of RAM. */
const QEMU_BASE = '0x40400000';

export interface QemuLog {
  /** Instructions a second, start and end of the program left out. */
  speed(): number;
  /** Of the log that was written last. */
  bytesPerStep(): number;
}

/** Has `body` measure QEMU while it logs the registers before each instruction of `block`. Throws where there is no QEMU. */
export function withQemu<T>(block: string, body: (log: QemuLog) => T): T {
  return inTempFolder((folder) => {
    const empty = loop(block, 1);
    const full = loop(block, short ? 4000 : 12_000);
    const seconds = (program: Program) => timeOf(() => logInQemu(program, folder)) / 1000;
    // The least of the starts: a start that was slowed down would count as speed.
    let start = seconds(empty);
    return body({
      speed() {
        start = Math.min(start, seconds(empty));
        return (full.steps - empty.steps) / (seconds(full) - start);
      },
      bytesPerStep: () => statSync(join(folder, 'qemu.log')).size / full.steps,
    });
  });
}

function logInQemu({ words }: Program, folder: string): void {
  const image = join(folder, 'image.bin');
  writeFileSync(image, words);
  run('qemu-system-aarch64', [
    ...['-M', 'virt,virtualization=on', '-cpu', 'cortex-a53', '-m', '64', '-nic', 'none', '-display', 'none'],
    ...['-serial', 'none', '-monitor', 'none', '-semihosting', '-device', `loader,addr=${QEMU_BASE},cpu-num=0`],
    ...['-device', `loader,file=${image},addr=${QEMU_BASE},force-raw=on`],
    ...['-singlestep', '-d', 'exec,cpu', '-D', join(folder, 'qemu.log')],
  ]);
}
