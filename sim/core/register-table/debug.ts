/**
 * Debug registers (Arm ARM, D17.3): breakpoints and watchpoints, the OS lock, the Debug Communications Channel with no
 * debugger at its other end.
 */
import type { Cpu } from '../cpu.ts';
import { debugRegisterCountsIn, MOST_COMPARATORS } from '../models.ts';
import { type RegisterBehaviour, readOnly, readWrite, type SystemRegisterRow, writeOnly } from '../system-register.ts';
import { TDA, TDCC, TDOSA, TDRA } from '../traps.ts';

const WORD = 0xffff_ffffn;
/** E, PMC, BAS, HMC, SSC, LBN, BT. */
const DBGBCR = 0x00ff_e1e7n;
/** E, PAC, LSC, BAS, HMC, SSC, LBN, WT, MASK. */
const DBGWCR = 0x1f1f_ffffn;
/** Bits 1:0 of DBGBVR are part of a context ID, and so kept. */
const DBGWVR = 0xffff_ffff_ffff_fffcn;
/** SS, TDCC, KDE, MDE. */
const MDSCR = 0xb001n;
/** ERR, HDE, TDA, INTdis, TXU, RXO, TXfull, RXfull: writable while the OS lock is locked. */
const MDSCR_UNDER_LOCK = 0x6ce0_4040n;
const OSLSR_OSLK = 1n << 1n;
/** OSLSR_EL1.OSLM: the OS lock is implemented. */
const OSLSR_OSLM = 1n << 3n;
/** The vectors of Undefined Instruction, Supervisor Call, the aborts, IRQ and FIQ. */
const DBGVCR32 = 0xden;
/** DBGCLAIMSET_EL1 shows all eight claim tags as implemented. */
const CLAIM_TAGS = 0xffn;

/** The rows: of DBGB<x>R and DBGW<x>R there are as many as ID_AA64DFR0_EL1 says at the time of an access. */
export function debugRegisters(): SystemRegisterRow[] {
  const traps = [TDA];
  const dcc = [TDCC, TDA];
  const rows: SystemRegisterRow[] = [
    readWrite('mdccint_el1', 1, { mask: 0x6000_0000n, traps }),
    readWrite('mdscr_el1', 1, { mask: MDSCR | MDSCR_UNDER_LOCK, traps, context: 'debug', behaviour: statusBits }),
    readOnly('mdccsr_el0', 0, { mask: 0n, traps: dcc }),
    readWrite('osdtrrx_el1', 1, { mask: WORD, traps }),
    readWrite('osdtrtx_el1', 1, { mask: WORD, traps }),
    readWrite('oseccr_el1', 1, { mask: 0n, traps }),
    readWrite('dbgdtr_el0', 0, { mask: 0n, traps: dcc }),
    readOnly('dbgdtrrx_el0', 0, { mask: 0n, traps: dcc }),
    writeOnly('dbgdtrtx_el0', 0, { mask: 0n, traps: dcc }),
    readWrite('dbgvcr32_el2', 2, { mask: DBGVCR32 }),
    readOnly('mdrar_el1', 1, { mask: 0n, traps: [TDRA] }),
    writeOnly('oslar_el1', 1, { traps: [TDOSA], behaviour: locks, context: 'debug' }),
    readOnly('oslsr_el1', 1, { mask: OSLSR_OSLK, fixed: OSLSR_OSLM, reset: OSLSR_OSLK, traps: [TDOSA] }),
    readWrite('osdlr_el1', 1, { mask: 1n, traps: [TDOSA], context: 'debug' }),
    readWrite('dbgprcr_el1', 1, { mask: 1n, traps: [TDOSA] }),
    readWrite('dbgclaimset_el1', 1, { traps, behaviour: setsClaims }),
    readWrite('dbgclaimclr_el1', 1, { mask: CLAIM_TAGS, traps, behaviour: clearsClaims }),
    // Non-secure invasive and non-invasive debug: implemented, not enabled.
    readOnly('dbgauthstatus_el1', 1, { mask: 0n, fixed: 0xan, traps }),
  ];
  for (let n = 0; n < MOST_COMPARATORS; n++) {
    const asBreakpoint = (cpu: Cpu) => ({ exists: existence(cpu, 'breakpoints', n) });
    const asWatchpoint = (cpu: Cpu) => ({ exists: existence(cpu, 'watchpoints', n) });
    const control = (cpu: Cpu) => ({ ...asBreakpoint(cpu), ...breakpointControl(cpu, `dbgbcr${n}_el1`) });
    const common = { traps, context: 'debug' } as const;
    rows.push(readWrite(`dbgbvr${n}_el1`, 1, { ...common, behaviour: asBreakpoint }));
    rows.push(readWrite(`dbgbcr${n}_el1`, 1, { ...common, mask: DBGBCR, behaviour: control }));
    rows.push(readWrite(`dbgwvr${n}_el1`, 1, { ...common, mask: DBGWVR, behaviour: asWatchpoint }));
    rows.push(readWrite(`dbgwcr${n}_el1`, 1, { ...common, mask: DBGWCR, behaviour: asWatchpoint }));
  }
  return rows;
}

/** Says whether there is a breakpoint or watchpoint number `n`. */
function existence(cpu: Cpu, kind: 'breakpoints' | 'watchpoints', n: number): () => boolean {
  const cell = cpu.cell('id_aa64dfr0_el1');
  return () => n < debugRegisterCountsIn(cpu.words[2 * cell]!)[kind];
}

/** DBGBCR<n>_EL1.BAS tells halfwords: bits 8 and 6 are copies of bits 7 and 5. */
function breakpointControl(cpu: Cpu, name: string): RegisterBehaviour {
  const cell = cpu.cell(name);
  const copied = 0x140n;
  return {
    write: (value) => cpu.write(cell, (value & DBGBCR & ~copied) | ((value << 1n) & copied)),
  };
}

/** The bits of MDSCR_EL1 that mirror the external debugger's registers can be written only under the OS lock. */
function statusBits(cpu: Cpu): RegisterBehaviour {
  const cell = cpu.cell('mdscr_el1');
  const lock = cpu.cell('oslsr_el1');
  return {
    write: (value) => {
      const mask = (cpu.cells[lock]! & OSLSR_OSLK) !== 0n ? MDSCR | MDSCR_UNDER_LOCK : MDSCR;
      cpu.write(cell, (cpu.cells[cell]! & ~mask) | (value & mask));
    },
  };
}

function locks(cpu: Cpu): RegisterBehaviour {
  const status = cpu.cell('oslsr_el1');
  return {
    write: (value) => {
      const rest = cpu.cells[status]! & ~OSLSR_OSLK;
      cpu.write(status, (value & 1n) !== 0n ? rest | OSLSR_OSLK : rest);
    },
  };
}

function setsClaims(cpu: Cpu): RegisterBehaviour {
  const claims = cpu.cell('dbgclaimclr_el1');
  return {
    read: () => CLAIM_TAGS,
    write: (value) => cpu.write(claims, cpu.cells[claims]! | (value & CLAIM_TAGS)),
  };
}

function clearsClaims(cpu: Cpu): RegisterBehaviour {
  const claims = cpu.cell('dbgclaimclr_el1');
  return { write: (value) => cpu.write(claims, cpu.cells[claims]! & ~value) };
}
