/** Steps, places and call stacks as the stepping prompt shows them. */

import { disassemble } from '../../asm/a64/print.ts';
import { decodeText } from '../../asm/source/files.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { phasePath } from '../recording/phases.ts';
import type { Effect, Step } from '../recording/step.ts';
import type { Recorded, Run, Runnable } from '../scenario/runnable.ts';
import { hex } from './value-views.ts';

/** What a step changed, a line each, and the exception it took. */
export function effectLines(step: Step): string[] {
  const lines = step.effects.map((effect) => `    ${effectText(effect)}`);
  const { exception } = step;
  if (exception === undefined) return lines;
  const { kind, from, to, esr, vector } = exception;
  if (kind === 'return') return [...lines, `    returned from EL${from} to EL${to}`];
  const syndrome = esr === undefined ? '' : `, ESR_EL${to} ${hex(esr, 4)}`;
  return [...lines, `    ${kind} exception from EL${from} to EL${to}${syndrome}, vector ${hex(vector ?? 0n)}`];
}

function effectText(effect: Effect): string {
  if (effect.kind === 'register') return `${effect.name}: ${hex(effect.old)} -> ${hex(effect.new)}`;
  const where = effect.field ?? `[${hex(effect.va)}]`;
  return `${where}: ${hex(effect.old, effect.size)} -> ${hex(effect.new, effect.size)}`;
}

/** The next instruction: step, level, address, text and where it comes from. */
export function locationLine(ready: Recorded): string {
  const { machine, recording, code } = ready;
  const { cpu } = machine;
  const head = `${String(recording.position).padStart(6)}  EL${cpu.el}  ${hex(cpu.pc)}`;
  const operation = machine.next();
  if (operation === undefined) return `${head}  (an exception is taken here)`;
  const pa = BigInt(machine.physical.base + operation.pa);
  const text = disassemble(operation.instruction.word, {
    address: cpu.pc,
    target: (address) => targetName(ready, address),
  });
  return `${head}  ${text.replace('\t', ' ').padEnd(36)}  ${code.nameOf(pa)}`;
}

function targetName(ready: Runnable, address: bigint): string | undefined {
  const pa = ready.memory.resolve(address);
  const symbol = pa === undefined ? undefined : ready.code.symbolAt(pa);
  if (symbol === undefined) return undefined;
  return symbol.offset === 0 ? symbol.name : `${symbol.name}+0x${symbol.offset.toString(16)}`;
}

/** The routines that are entered and not left at the present position, innermost first. */
export function callStackLines(run: Run<Recorded>): string[] {
  const { ready } = run;
  const path = phasePath(ready.recording, ready.code, ready.recording.position);
  if (path.length === 0) return [locationLine(ready)];
  return path.toReversed().map((phase, n) => `#${n}  EL${phase.el}  ${phase.name}, from step ${phase.start}`);
}

/** Source around the instruction at `pa`, its own line marked; the macro body's too where it comes from one. */
export function sourceLines(ready: Runnable, pa: bigint | undefined, around: number): string[] {
  const source = pa === undefined ? undefined : ready.code.sourceAt(pa);
  if (source === undefined) return ['no source is known for this place'];
  const bytes = ready.files.read(source.file);
  if (bytes === undefined) return [`${source.file}:${source.line} (the file cannot be read)`];
  const text = decodeText(bytes).split('\n');
  const first = Math.max(1, source.line - around);
  const shown = text.slice(first - 1, source.line + around).map((line, n) => {
    const number = first + n;
    return `${number === source.line ? '>' : ' '}${String(number).padStart(5)}  ${line}`;
  });
  return [`${source.file}:${source.line}`, ...shown, ...macroLines(ready, pa!)];
}

function macroLines(ready: Runnable, pa: bigint): string[] {
  const place = ready.code.originAt(pa);
  if (place?.use === undefined) return [];
  const { name, line } = positionOf(place);
  const body = place.file.lineText(place.file.lineOf(place.offset)).trim();
  return [`in macro ${place.use.name}, ${name}:${line}: ${body}`];
}
