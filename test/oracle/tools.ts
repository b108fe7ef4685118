/**
 * Outside tools as oracles. A test that needs one goes through `withTools`: where the tool is missing the test is
 * skipped and says so, or fails when HYPSTEP_ORACLES=required (as in .ci/run).
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import type { Test } from 'uvu';

const required = process.env.HYPSTEP_ORACLES === 'required';

function onPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Registers `body` as a test of `suite` that needs `tools` on the PATH. */
export function withTools(suite: Test, tools: readonly string[], name: string, body: () => void | Promise<void>): void {
  const missing = tools.filter((tool) => !onPath(tool));
  if (missing.length === 0) suite(name, body);
  else if (required) {
    suite(name, () => {
      throw new Error(`HYPSTEP_ORACLES=required, but there is no ${missing.join(', ')} on the PATH`);
    });
  } else {
    suite.skip(name);
    console.log(`skipped: no ${missing.join(', ')} (${name})`);
  }
}

/**
 * Registers `body` as a test of `suite` for each configured and prepared kernel tree that HYPSTEP_KERNEL_TREES names
 * (separated by colons). Where it names none, the test is skipped, or fails when oracles are required.
 */
export function withKernelTrees(
  suite: Test,
  tools: readonly string[],
  name: string,
  body: (tree: string) => void,
): void {
  const trees = (process.env.HYPSTEP_KERNEL_TREES ?? '').split(':').filter((tree) => tree !== '');
  for (const tree of trees) withTools(suite, tools, `${basename(tree)}: ${name}`, () => body(tree));
  if (trees.length > 0) return;
  if (required) {
    suite(name, () => {
      throw new Error('HYPSTEP_ORACLES=required, but HYPSTEP_KERNEL_TREES names no kernel tree');
    });
  } else {
    suite.skip(name);
    console.log(`skipped: HYPSTEP_KERNEL_TREES names no kernel tree (${name})`);
  }
}

export interface ToolResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tool` to its end; text in, text out. Throws where it could not be started. */
export function runTool(tool: string, args: readonly string[], input?: string, cwd?: string): ToolResult {
  const result = spawnSync(tool, args, {
    input,
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (result.error !== undefined) throw result.error;
  return {
    status: result.status,
    stdout: result.stdout,
    stderr: result.stderr,
  };
}

/** Calls `body` with a fresh folder, which is gone when `body` has returned, or its promise is settled. */
export function inTempFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hypstep-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let isPending = false;
  try {
    const result = body(folder);
    if (!(result instanceof Promise)) return result;
    isPending = true;
    return result.finally(remove) as T;
  } finally {
    if (!isPending) remove();
  }
}
