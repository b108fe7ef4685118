/**
 * The hint space (Arm ARM C4.1.87 "Hints", C6.2 "HINT"). A hint of an extension the processor lacks does nothing, and so do
 * those about pipelines and profilers.
 */
import { EC, trap } from '../core/exceptions.ts';
import { PSTATE_BITS } from '../core/pstate.ts';
import { DAIF, EVENT, SERROR } from '../core/registers.ts';
import type { TrapControl } from '../core/system-register.ts';
import { activity } from '../core/system-registers.ts';
import { NTWE, NTWI, TWE, TWI } from '../core/traps.ts';
import { notModelled } from './exception-instructions.ts';
import type { Builder, Environment, Semantics, SemanticsTable } from './operation.ts';

/** ISS of a trapped WFI or WFE: unconditional; bit 0 tells WFE. */
const WFI_ISS = 0x1e0_0000;
const WFE_ISS = 0x1e0_0001;
const HCR_TGE = 1 << 27;

const nothing: Semantics = { build: () => () => {} };

/** A function that throws the trap of a WFI or WFE that would wait: SCTLR_EL1 for EL0, then HCR_EL2. */
function waitTraps(on: Environment, user: TrapControl, hypervisor: TrapControl, iss: number): () => void {
  const { cpu } = on;
  const hcr = 2 * cpu.cell('hcr_el2');
  const userTrap = activity(cpu, user);
  const hypervisorTrap = activity(cpu, hypervisor);
  return () => {
    if (cpu.el === 0 && userTrap()) throw trap(EC.wfx, iss, (cpu.words[hcr]! & HCR_TGE) !== 0 ? 2 : 1);
    if (cpu.el < 2 && hypervisorTrap()) throw trap(EC.wfx, iss, 2);
  };
}

/** WFI may complete at any time; here it does at once. */
const waitForInterrupt: Builder = (_fields, on) => {
  const checkTraps = waitTraps(on, NTWI, TWI, WFI_ISS);
  return () => {
    if (!on.interrupts.wakesFromWfi()) checkTraps();
  };
};

/** WFE takes the event if there is one, and else may complete at any time. */
const waitForEvent: Builder = (_fields, on) => {
  const { cpu } = on;
  const checkTraps = waitTraps(on, NTWE, TWE, WFE_ISS);
  return () => {
    if (cpu.words[2 * EVENT] === 0) checkTraps();
    else cpu.write(EVENT, 0n);
  };
};

const sendEvent: Builder =
  (_fields, { cpu }) =>
  () => {
    if (cpu.words[2 * EVENT] === 0) cpu.write(EVENT, 1n);
  };

const DISR_A = 1n << 31n;
const HCR_AMO = 1 << 5;
const HCR_VSE = 1n << 8n;

/** ESB: a masked pending SError is deferred to DISR_EL1, a virtual one to VDISR_EL2 (FEAT_RAS; J1, AArch64.ESBOperation). */
const errorSynchronization: Builder = (_fields, on) => {
  const { cpu } = on;
  if (!on.features.has('ras')) return () => {};
  const hcr = cpu.cell('hcr_el2');
  const disr = cpu.cell('disr_el1');
  const vdisr = cpu.cell('vdisr_el2');
  const vsesr = cpu.cell('vsesr_el2');
  return () => {
    const { el } = cpu;
    const controls = cpu.words[2 * hcr]!;
    const isMaskSet = (cpu.words[2 * DAIF]! & PSTATE_BITS.a) !== 0;
    const target = (controls & (HCR_AMO | HCR_TGE)) !== 0 ? 2 : 1;
    // What goes to EL1 is masked at EL2, whatever PSTATE.A says, and EL1 and EL0 cannot mask what goes to EL2.
    const isMasked = target < el || (isMaskSet && target === Math.max(el, 1));
    if (cpu.words[2 * SERROR] !== 0 && isMasked) {
      cpu.write(disr, DISR_A);
      cpu.write(SERROR, 0n);
    }
    const isVirtual = el < 2 && (controls & HCR_AMO) !== 0 && (controls & HCR_TGE) === 0;
    if (isVirtual && isMaskSet && (cpu.cells[hcr]! & HCR_VSE) !== 0n) {
      cpu.write(vdisr, DISR_A | (cpu.cells[vsesr]! & 0x1ff_ffffn));
      cpu.write(hcr, cpu.cells[hcr]! & ~HCR_VSE);
    }
  };
};

/** Pointer authentication by hints: nothing without FEAT_PAuth. */
const authentication: Semantics = {
  build: (_fields, on) => (on.features.has('pauth') ? notModelled('pointer authentication (FEAT_PAuth)') : () => {}),
};

const authenticationHints = [
  'XPACLRI',
  ...['PACIA1716', 'PACIB1716', 'AUTIA1716', 'AUTIB1716'],
  ...['PACIAZ', 'PACIASP', 'PACIBZ', 'PACIBSP', 'AUTIAZ', 'AUTIASP', 'AUTIBZ', 'AUTIBSP'],
];

export const hints: SemanticsTable = {
  NOP: nothing,
  YIELD: nothing,
  WFE: { build: waitForEvent, flow: 'context' },
  WFI: { build: waitForInterrupt, flow: 'context' },
  SEV: { build: sendEvent },
  SEVL: { build: sendEvent },
  ESB: { build: errorSynchronization, flow: 'context' },
  'PSB CSYNC': nothing,
  'TSB CSYNC': nothing,
  CSDB: nothing,
  CLRBHB: nothing,
  BTI: nothing,
  HINT: nothing,
  ...Object.fromEntries(authenticationHints.map((name) => [name, authentication])),
};
