/** How commands end: a user's mistake is one diagnostic and status 1, a wrong command line status 2. */
import pc from 'picocolors';
import { type Diagnostic, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { NotModelled } from '../core/exceptions.ts';

export const FAILED = 1;
export const WRONG_USAGE = 2;

/** A command has said what failed; only the exit status is left to set. */
export class CommandFailed extends Error {
  readonly status: number;

  constructor(status = FAILED) {
    super('command failed');
    this.status = status;
  }
}

/** A fault in the command line's words, beyond what commander itself checks. */
export class UsageError extends Error {}

/** A diagnostic with its severity in colour, where standard error is a terminal. */
function coloured(diagnostic: Diagnostic): string {
  const colours = pc.createColors(pc.isColorSupported && process.stderr.isTTY === true);
  return formatDiagnostic(diagnostic)
    .split('\n')
    .map((line) => line.replace(/\berror:/, colours.red('error:')).replace(/\bwarning:/, colours.yellow('warning:')))
    .join('\n');
}

/** Writes diagnostics to standard error. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) process.stderr.write(`${coloured(diagnostic)}\n`);
}

/**
 * Runs a command to its end and returns its exit status. What the user did wrong is told in one message; anything else
 * is a fault of hypstep, which is told as such, with its stack only where HYPSTEP_DEBUG is set.
 */
export async function runToStatus(command: () => Promise<void>): Promise<number> {
  try {
    await command();
    return 0;
  } catch (error) {
    if (error instanceof CommandFailed) return error.status;
    const diagnostics = diagnosticsOf(error);
    if (diagnostics !== undefined) {
      printDiagnostics(diagnostics);
      return FAILED;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`hypstep: error: ${error.message}\n`);
      return WRONG_USAGE;
    }
    if (error instanceof NotModelled) {
      process.stderr.write(`hypstep: error: ${error.message}\n`);
      return FAILED;
    }
    const fault = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`hypstep: internal error: ${fault.message} (a fault of hypstep itself; please report it)\n`);
    if (process.env.HYPSTEP_DEBUG) process.stderr.write(`${fault.stack}\n`);
    return 70; // EX_SOFTWARE of sysexits.h
  }
}
