/**
 * The trace for people: one line a step in columns, and a further one for each exception taken or returned from.
 * docs/trace.md is the contract.
 */
import type { ExceptionEvent } from '../core/journal.ts';
import { symbolText } from '../recording/annotations.ts';
import type { Recording } from '../recording/recording.ts';
import type { Effect, Step } from '../recording/step.ts';
import { hex, memoryHex, withoutInstruction } from './notation.ts';
import { stableLines } from './stable-text.ts';

export interface TextOptions {
  /**
   * Leaves out everything that may change though behaviour does not: step, cycle, addresses, words, lines, old values; code
   * and data are told by name. For golden traces.
   */
  readonly stable?: boolean;
  /** Steps `from` up to, not including, `to`. Left out: all. */
  readonly from?: number;
  readonly to?: number;
}

const STEP_WIDTH = 7;
const CYCLE_WIDTH = 8;
const PC_DIGITS = 16;
const TEXT_WIDTH = 40;
const SYMBOL_WIDTH = 32;
const LINE_WIDTH = 20;
/** Of the lines that belong to the step above. */
const INDENT = ' '.repeat(STEP_WIDTH + 1);

/** The lines of a trace, without line ends. Made one by one, as they are asked for. */
export function* textLines(recording: Recording, options: TextOptions = {}): Generator<string, void, undefined> {
  const steps = recording.steps(options.from ?? 0, options.to ?? recording.length);
  if (options.stable) {
    yield* stableLines(steps, recording);
    return;
  }
  for (const step of steps) {
    yield stepLine(step, recording);
    if (step.exception !== undefined) yield INDENT + exceptionText(step.exception);
  }
}

function stepLine(step: Step, { annotations }: Recording): string {
  const { pa, instruction } = step;
  const symbol = pa === undefined ? undefined : annotations.symbolAt(pa);
  const line = pa === undefined ? undefined : annotations.lineAt(pa);
  const columns = [
    String(step.index).padStart(STEP_WIDTH),
    String(step.cycle).padStart(CYCLE_WIDTH),
    `EL${step.el}`,
    step.pc.toString(16).padStart(PC_DIGITS, '0'),
    instruction === undefined ? '--------' : instruction.word.toString(16).padStart(8, '0'),
    (instruction === undefined ? withoutInstruction(step) : step.text).padEnd(TEXT_WIDTH),
    (symbol === undefined ? '' : symbolText(symbol)).padEnd(SYMBOL_WIDTH),
    (line === undefined ? '' : `${line.file}:${line.line}`).padEnd(LINE_WIDTH),
    step.effects.map(effectText).join('; '),
  ];
  return columns.join(' ').trimEnd();
}

function effectText(effect: Effect): string {
  if (effect.kind === 'register') return `${effect.name}: ${hex(effect.old)} -> ${hex(effect.new)}`;
  const { size } = effect;
  return `${effect.field ?? `[${hex(effect.va)}]`}: ${memoryHex(effect.old, size)} -> ${memoryHex(effect.new, size)}`;
}

function exceptionText({ kind, from, to, esr, elr, vector }: ExceptionEvent): string {
  if (kind === 'return') return `exception return from EL${from} to EL${to}, to ${hex(elr)}`;
  const syndrome = esr === undefined ? '' : `, ESR_EL${to} ${hex(esr, 4)}`;
  return `${kind} exception from EL${from} to EL${to}${syndrome}, ELR_EL${to} ${hex(elr)}, vector ${hex(vector ?? 0n)}`;
}
