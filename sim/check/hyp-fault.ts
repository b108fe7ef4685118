/** An exception that hyp code itself took at EL2, told so that its cause is found: instruction, line, what it missed. */
import { outermost, positionOf } from '../../asm/source/source-file.ts';
import { operationText } from '../recording/step-reader.ts';
import type { ReadyMachine } from '../scenario/ready.ts';
import type { HypFault } from '../scenario/run.ts';

/** Exception classes that hyp code can bring upon itself (Arm ARM, D17.2.37 "ESR_EL2", EC). */
const classes: Readonly<Record<number, string>> = {
  0: 'undefined instruction',
  14: 'illegal execution state',
  33: 'instruction abort',
  34: 'PC alignment fault',
  37: 'data abort',
  38: 'SP alignment fault',
  60: 'BRK instruction',
};

/** Kinds of fault by fault status code without the level (bits 5:2; D17.2.37, DFSC). */
const faults: Readonly<Record<number, string>> = {
  0: 'address size fault',
  1: 'translation fault',
  2: 'access flag fault',
  3: 'permission fault',
};
const ALIGNMENT_FAULT = 0b100001;
const EXTERNAL_ABORT = 0b010000;
const WNR = 1 << 6;

/**
 * One error in the GNU form: `hyp.S:647:2: error: EL2 data abort, ...`, the instruction, and the macro lines it came
 * from. The place is the line of the source that used the outermost macro.
 */
export function hypFaultText(ready: ReadyMachine, { event, operation, far }: HypFault): string {
  const pa = operation && BigInt(ready.machine.physical.base + operation.pa);
  const esr = Number(event.esr ?? 0n);
  const what = `EL2 ${classes[esr >>> 26] ?? `exception of class 0x${(esr >>> 26).toString(16)}`}`;
  const details = isAbort(esr) ? `, ${abortText(esr)} at 0x${far.toString(16)}` : '';
  const instruction =
    operation === undefined ? '' : ` by '${operationText(operation, event.elr, ready.machine.physical, ready.code)}'`;
  const symbol = pa === undefined ? undefined : ready.code.symbolAt(pa);
  const routine = symbol === undefined ? '' : ` in ${symbol.name}+0x${symbol.offset.toString(16)}`;
  return [`${placeText(ready, pa)}error: ${what}${details}${instruction}${routine}`, ...macroLines(ready, pa)].join(
    '\n',
  );
}

function isAbort(esr: number): boolean {
  const ec = esr >>> 26;
  return ec === 0x25 || ec === 0x21;
}

function abortText(esr: number): string {
  const status = esr & 0x3f;
  const access = esr >>> 26 === 0x21 ? 'fetching' : (esr & WNR) !== 0 ? 'writing' : 'reading';
  if (status === ALIGNMENT_FAULT) return `alignment fault ${access}`;
  if (status === EXTERNAL_ABORT) return `no memory ${access}`;
  const kind = faults[status >>> 2];
  return kind === undefined
    ? `fault status 0x${status.toString(16)} ${access}`
    : `${kind} of level ${status & 3} ${access}`;
}

function placeText(ready: ReadyMachine, pa: bigint | undefined): string {
  const place = pa === undefined ? undefined : ready.code.originAt(pa);
  if (place !== undefined) {
    const { name, line, column } = positionOf(outermost(place));
    return `${name}:${line}:${column}: `;
  }
  const source = pa === undefined ? undefined : ready.code.sourceAt(pa);
  return source === undefined ? '' : `${source.file}:${source.line}: `;
}

function macroLines(ready: ReadyMachine, pa: bigint | undefined): string[] {
  const lines: string[] = [];
  let place = pa === undefined ? undefined : ready.code.originAt(pa);
  while (place?.use !== undefined) {
    const { name, line, column } = positionOf(place);
    lines.push(`${name}:${line}:${column}: note: in macro '${place.use.name}'`);
    place = place.use.at;
  }
  return lines;
}
