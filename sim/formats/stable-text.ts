/**
 * The trace as golden files keep it: what was executed and what it wrote, by names where addresses would be. A line added
 * to a routine moves code and data; such a trace then differs only in the steps that the line itself changes.
 * docs/trace.md is the contract.
 */

import { printInstruction } from '../../asm/a64/print.ts';
import type { ExceptionEvent } from '../core/journal.ts';
import type { Recording } from '../recording/recording.ts';
import type { Effect, Step } from '../recording/step.ts';
import { AddressNames } from './address-names.ts';
import { hex, memoryHex, withoutInstruction } from './notation.ts';

const SYMBOL_WIDTH = 28;
const TEXT_WIDTH = 40;
const INDENT = '    ';

export function* stableLines(steps: Iterable<Step>, recording: Recording): Generator<string, void, undefined> {
  const names = new AddressNames(recording);
  for (const step of steps) {
    if (step.pa !== undefined) names.learn(step.pc, step.pa);
    yield stepLine(step, names);
    if (step.exception !== undefined) yield INDENT + exceptionText(step.exception, names);
  }
}

function stepLine(step: Step, names: AddressNames): string {
  const columns = [
    `EL${step.el}`,
    (names.routineAt(step.pa) ?? '').padEnd(SYMBOL_WIDTH),
    (step.instruction === undefined ? withoutInstruction(step) : instructionText(step, names)).padEnd(TEXT_WIDTH),
    step.effects.map((effect) => effectText(effect, step, names)).join('; '),
  ];
  return columns.join(' ').trimEnd();
}

/** A target relative to the instruction, as it is printed where the instruction's own address is not given. */
const RELATIVE = /\.([+-])0x([0-9a-f]+)$/;

/** The instruction, its target told by the routine it is in. */
function instructionText({ instruction, pc }: Step, names: AddressNames): string {
  const text = printInstruction(instruction!).replace('\t', ' ');
  return text.replace(RELATIVE, (relative, sign: string, digits: string) => {
    const distance = BigInt(`0x${digits}`);
    // ADRP's target is a page, and which routine a page begins in is chance.
    if (instruction!.encoding.name === 'ADRP') return '<page>';
    return names.nameOf(BigInt.asUintN(64, sign === '+' ? pc + distance : pc - distance)) ?? relative;
  });
}

function effectText(effect: Effect, step: Step, names: AddressNames): string {
  if (effect.kind === 'register') return `${effect.name} = ${valueName(effect.new, step, names) ?? hex(effect.new)}`;
  const where = effect.field ?? names.placeOf(effect.pa);
  const name = effect.size === 8 ? valueName(effect.new, step, names) : undefined;
  return `${where} = ${name ?? memoryHex(effect.new, effect.size)}`;
}

/** A return address is told by the routine it leads back to, even where the next routine begins there. */
function valueName(value: bigint, { pc, pa }: Step, names: AddressNames): string | undefined {
  const routine = value === pc + 4n ? names.routineAt(pa) : undefined;
  return routine === undefined ? names.nameOf(value) : `<${routine}>`;
}

function exceptionText({ kind, from, to, esr, elr, vector }: ExceptionEvent, names: AddressNames): string {
  const nameOf = (address: bigint) => names.nameOf(address) ?? hex(address);
  if (kind === 'return') return `exception return from EL${from} to EL${to}, to ${nameOf(elr)}`;
  const syndrome = esr === undefined ? '' : `, ESR_EL${to} ${hex(esr, 4)}`;
  return `${kind} exception from EL${from} to EL${to}${syndrome}, vector ${nameOf(vector ?? 0n)}`;
}
