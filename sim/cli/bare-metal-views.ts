/** What is said of a bare-metal program's run when it has ended. */
import type { Phase } from '../recording/phases.ts';
import type { BareMetal } from '../scenario/bare-metal.ts';
import type { BareMetalRun } from '../scenario/bare-metal-run.ts';
import { phaseData } from './report-views.ts';

/** How the run ended, and what it took. */
export function endingSummary({ endingText, ready: { steps } }: BareMetalRun<BareMetal>): string {
  return `${endingText}; ${steps.completedAt} cycles (${steps.timing.name})`;
}

/** The run as plain data; `phases` are all it went through, `output` is what the program sent. */
export function bareMetalData(
  run: BareMetalRun<BareMetal>,
  phases: readonly Phase[],
  output: { stdout: string; stderr: string },
): object {
  const { ready } = run;
  const { steps, board } = ready;
  return {
    program: ready.path,
    machine: { cpu: board.model.name, gic: board.gic },
    ending: run.ending?.kind,
    status: run.status,
    text: run.endingText,
    steps: steps.length,
    cycles: steps.completedAt,
    timing: steps.timing.name,
    output,
    phases: phases.map(phaseData),
  };
}
