/** What is said of a bare-metal program's run when it has ended. */
import { phasesOf } from '../recording/phases.ts';
import type { BareMetalRun } from '../scenario/bare-metal-run.ts';
import { phaseData } from './report-views.ts';

/** How the run ended, and what it took. */
export function endingSummary(run: BareMetalRun): string {
  return `${run.endingText}; ${cyclesOf(run)} cycles (${run.ready.recording.timing.name})`;
}

/** The run as plain data; `output` is what the program sent. */
export function bareMetalData(run: BareMetalRun, output: { stdout: string; stderr: string }): object {
  const { ready } = run;
  const { recording, board, code } = ready;
  return {
    program: ready.path,
    machine: { cpu: board.model.name, gic: board.gic },
    ending: run.ending?.kind,
    status: run.status,
    text: run.endingText,
    steps: recording.length,
    cycles: cyclesOf(run),
    timing: recording.timing.name,
    output,
    phases: phasesOf(recording, code).map(phaseData),
  };
}

function cyclesOf({ ready: { recording } }: BareMetalRun): number {
  return recording.length === 0 ? 0 : recording.completionAt(recording.length - 1);
}
