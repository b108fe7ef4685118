/**
 * The trace as JSON lines (https://jsonlines.org): one object a step, in the order of steps, for programs to read.
 * docs/trace.md is the contract. Keys come in the order in which that document lists them.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { symbolText } from '../recording/annotations.ts';
import type { Recording } from '../recording/recording.ts';
import type { Effect, Step } from '../recording/step.ts';

/** Lines of steps `from` up to, not including, `to`; without line ends. Made one by one, as they are asked for. */
export function* jsonLines(recording: Recording, from = 0, to = recording.length): Generator<string, void, undefined> {
  for (const step of recording.steps(from, to)) yield JSON.stringify(stepData(step, recording));
}

// A member that is undefined is left out by JSON.stringify.

function stepData(step: Step, { annotations }: Recording): object {
  const { index, cycle, el, pc, pa, instruction } = step;
  const symbol = pa === undefined ? undefined : annotations.symbolAt(pa);
  const line = pa === undefined ? undefined : annotations.lineAt(pa);
  return {
    step: index,
    cycle,
    el,
    pc: hex(pc),
    word: instruction && `0x${instruction.word.toString(16).padStart(8, '0')}`,
    text: instruction && step.text,
    symbol: symbol && symbolText(symbol),
    line: line && `${line.file}:${line.line}`,
    writes: step.effects.map(writeData),
    exception: step.exception && exceptionData(step.exception),
  };
}

function writeData(effect: Effect): object {
  const values = { old: hex(effect.old), new: hex(effect.new) };
  if (effect.kind === 'register') return { reg: effect.name, ...values };
  const { va, pa, size, field } = effect;
  return { mem: hex(va), pa: hex(pa), size, ...values, field };
}

function exceptionData({ kind, from, to, esr, elr, vector }: ExceptionEvent): object {
  return { kind, from, to, esr: esr && hex(esr), elr: hex(elr), vector: vector && hex(vector) };
}

/** Numbers that may pass 2^53 are strings, so that no reader rounds them. */
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
