/** Exception generating instructions and exception return (Arm ARM C4.1.87, instructions in C6.2). */
import { softwareBreakpointTarget } from '../core/debug-exceptions.ts';
import { call, EC, NotModelled, softwareBreakpoint, trap, undefinedInstruction } from '../core/exceptions.ts';
import { PC } from '../core/registers.ts';
import { branchAddress } from './branches.ts';
import type { Builder, Semantics, SemanticsTable } from './operation.ts';

const HCR_TSC = 1 << 19;
const HCR_HCD = 1 << 29;
const SEMIHOSTING = 0xf000;

function exception(build: Builder): Semantics {
  return { build, flow: 'exception' };
}

const supervisorCall: Builder = (fields) => () => {
  throw call(EC.svc, fields.imm16);
};

/** HVC: UNDEFINED at EL0, and everywhere under HCR_EL2.HCD. */
const hypervisorCall: Builder = (fields, { cpu }) => {
  const hcr = 2 * cpu.cell('hcr_el2');
  return () => {
    if (cpu.el === 0 || (cpu.words[hcr]! & HCR_HCD) !== 0) throw undefinedInstruction();
    throw call(EC.hvc, fields.imm16, 2);
  };
};

/** SMC without EL3: UNDEFINED but for the trap of EL1's by HCR_EL2.TSC, and where firmware in the simulator answers. */
const secureMonitorCall: Builder = (fields, on) => {
  const { cpu } = on;
  const hcr = 2 * cpu.cell('hcr_el2');
  return () => {
    if (cpu.el === 1 && (cpu.words[hcr]! & HCR_TSC) !== 0) throw trap(EC.smc, fields.imm16, 2);
    if (cpu.el === 0 || on.firmware === undefined) throw undefinedInstruction();
    on.firmware();
    cpu.cells[PC] = cpu.cells[PC]! + 4n;
  };
};

const breakpoint: Builder =
  (fields, { cpu }) =>
  () => {
    throw softwareBreakpoint(fields.imm16, softwareBreakpointTarget(cpu));
  };

/** HLT: without a debugger UNDEFINED, but for the immediate that calls semihosting, which EL0 may not. */
const halt: Builder = (fields, on) => () => {
  const isCall = fields.imm16 === SEMIHOSTING && on.semihosting !== undefined && on.cpu.el > 0;
  if (!isCall) throw undefinedInstruction();
  on.semihosting();
};

/** DCPSn and DRPS are for Debug state, UDF is for nothing. */
const alwaysUndefined: Builder = () => () => {
  throw undefinedInstruction();
};

const exceptionReturn: Builder = (_fields, on) => {
  const { cpu } = on;
  const branchTo = (address: bigint) => {
    cpu.cells[PC] = branchAddress(cpu, address);
  };
  return () => {
    if (cpu.el === 0) throw undefinedInstruction();
    on.exceptions.return(branchTo);
  };
};

export const exceptionInstructions: SemanticsTable = {
  SVC: exception(supervisorCall),
  HVC: exception(hypervisorCall),
  SMC: exception(secureMonitorCall),
  BRK: exception(breakpoint),
  HLT: { build: halt, flow: 'context' },
  DCPS1: exception(alwaysUndefined),
  DCPS2: exception(alwaysUndefined),
  DCPS3: exception(alwaysUndefined),
  DRPS: exception(alwaysUndefined),
  UDF: exception(alwaysUndefined),
  ERET: exception(exceptionReturn),
};

/** The closure of an instruction the architecture defines and the simulator lacks. */
export function notModelled(what: string): () => void {
  return () => {
    throw new NotModelled(what);
  };
}

/** The closure of an instruction that is UNDEFINED on this processor. */
export const undefinedOperation: () => void = () => {
  throw undefinedInstruction();
};
