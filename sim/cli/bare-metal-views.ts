/** What is said of a bare-metal program's run when it has ended. */
import { phasesOf } from '../recording/phases.ts';
import type { BareMetal, RecordedBareMetal } from '../scenario/bare-metal.ts';
import type { BareMetalRun } from '../scenario/bare-metal-run.ts';
import { phaseData } from './report-views.ts';

/** How the run ended, and what it took. */
export function endingSummary({ endingText, ready: { steps } }: BareMetalRun<BareMetal>): string {
  return `${endingText}; ${steps.completedAt} cycles (${steps.timing.name})`;
}

/** The run as plain data; `output` is what the program sent. */
export function bareMetalData(
  run: BareMetalRun<RecordedBareMetal>,
  output: { stdout: string; stderr: string },
): object {
  const { ready } = run;
  const { recording, board, code } = ready;
  return {
    program: ready.path,
    machine: { cpu: board.model.name, gic: board.gic },
    ending: run.ending?.kind,
    status: run.status,
    text: run.endingText,
    steps: recording.length,
    cycles: recording.completedAt,
    timing: recording.timing.name,
    output,
    phases: phasesOf(recording, code).map(phaseData),
  };
}
