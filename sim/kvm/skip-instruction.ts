/**
 * Going past a trapped instruction, and whether it would have been executed at all. AArch32 conditions and IT state: Arm
 * ARM (DDI 0487) F1.3 "Conditional execution", G1.8.2 "ITSTATE"; J1, AArch32.ITAdvance and ConditionHolds. A trap of an
 * AArch32 instruction may be taken although its condition fails (D1.3.7).
 */
import { conditionOf, exitClass, isWideInstruction } from './exit-class.ts';
import type { Vcpu } from './vcpu-state.ts';

const AARCH32_T = 1n << 5n;
const ALWAYS = 0xe;
/** ITSTATE lies in two pieces of the CPSR: IT[7:2] in bits 15:10, IT[1:0] in bits 26:25. */
const IT_MASK = 0x0600_fc00n;

/** Whether the instruction that the vcpu exited at passes its condition. */
export function passesCondition(vcpu: Vcpu): boolean {
  const { esr } = vcpu;
  // Classes from 0x10 on are of exceptions that a failed condition does not raise.
  if (!vcpu.isAArch32 || exitClass(esr) >= 0x10) return true;
  const { pstate } = vcpu;
  const it = itState(pstate);
  const condition = conditionOf(esr) ?? (it === 0 ? ALWAYS : it >>> 4);
  return conditionHolds(condition, Number(pstate >> 28n) & 0xf);
}

/** Moves the vcpu's PC past the instruction that it exited at, and its IT state on by one. */
export function skipInstruction(vcpu: Vcpu): void {
  const { pstate } = vcpu;
  if (!vcpu.isAArch32) {
    vcpu.pc = BigInt.asUintN(64, vcpu.pc + 4n);
    return;
  }
  const isShort = (pstate & AARCH32_T) !== 0n && !isWideInstruction(vcpu.esr);
  vcpu.pc = BigInt.asUintN(32, vcpu.pc + (isShort ? 2n : 4n));
  vcpu.pstate = withItState(pstate, advanced(itState(pstate)));
}

function itState(pstate: bigint): number {
  return Number(((pstate >> 8n) & 0xfcn) | ((pstate >> 25n) & 3n));
}

function withItState(pstate: bigint, it: number): bigint {
  return (pstate & ~IT_MASK) | ((BigInt(it) & 0xfcn) << 8n) | ((BigInt(it) & 3n) << 25n);
}

/** ITAdvance: the last instruction of a block leaves none. */
function advanced(it: number): number {
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}

/** ConditionHolds: bits 3:1 choose the test, bit 0 inverts it but for AL. `flags` is N, Z, C, V from bit 3 down. */
function conditionHolds(condition: number, flags: number): boolean {
  const [n, z, c, v] = [(flags & 8) !== 0, (flags & 4) !== 0, (flags & 2) !== 0, (flags & 1) !== 0];
  const tests = [z, c, n, v, c && !z, n === v, n === v && !z, true];
  const holds = tests[condition >>> 1]!;
  return (condition & 1) === 1 && condition < ALWAYS ? !holds : holds;
}
