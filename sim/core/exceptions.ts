/**
 * The exceptions of the architecture, as values: what their syndrome says and where they may be routed. Exception
 * classes and instruction-specific syndromes follow the Arm ARM (DDI 0487), D17.2.37 "ESR_EL1, Exception Syndrome
 * Register"; entry and return are in exception-entry.ts.
 */

/** Exception class, ESR_ELx.EC. Of a pair for "a lower" and "the current Exception level" the lower one stands here. */
export const EC = {
  unknown: 0x00,
  wfx: 0x01,
  fpAccess: 0x07,
  illegalState: 0x0e,
  svc: 0x15,
  hvc: 0x16,
  smc: 0x17,
  systemRegister: 0x18,
  instructionAbort: 0x20,
  pcAlignment: 0x22,
  dataAbort: 0x24,
  spAlignment: 0x26,
  serror: 0x2f,
  breakpoint: 0x30,
  softwareStep: 0x32,
  watchpoint: 0x34,
  brk: 0x3c,
} as const;

export type ExceptionKind = 'sync' | 'irq' | 'fiq' | 'serror';

/**
 * An exception to be taken. Thrown by instructions, translation and system-register accesses; caught by the step loop.
 * Not an Error: it is an ordinary event of the machine, and a stack trace for each would cost microseconds.
 */
export class ArchException {
  readonly kind: ExceptionKind;
  readonly ec: number;
  /** ESR_ELx.ISS, bits 24:0. */
  iss: number;
  /** The level that takes it where routing does not follow AArch64.TakeException's default; see `routeOf`. */
  readonly targetEl: number | undefined;
  /** What FAR_ELx gets; undefined: FAR_ELx is left alone. */
  readonly far: bigint | undefined;
  /** The faulting intermediate physical address, for HPFAR_EL2, where the fault is of stage 2. */
  readonly ipa: bigint | undefined;
  /** Bytes from the instruction to the preferred return address: 4 for SVC, HVC and SMC, else 0. */
  readonly returnOffset: number;
  /** ESR_ELx.IL is 0: the instruction was a T32 one of 16 bits. */
  readonly isShort: boolean;

  constructor(kind: ExceptionKind, ec: number, iss: number, details: ExceptionDetails = {}) {
    this.kind = kind;
    this.ec = ec;
    this.iss = iss;
    this.targetEl = details.targetEl;
    this.far = details.far;
    this.ipa = details.ipa;
    this.returnOffset = details.returnOffset ?? 0;
    this.isShort = details.isShort ?? false;
  }

  // What catches an Error and finds this (a test runner, for one) can still tell what it was.

  get name(): string {
    return 'ArchException';
  }

  get message(): string {
    const address = this.far === undefined ? '' : `, address 0x${this.far.toString(16)}`;
    return `${this.kind}, class 0x${this.ec.toString(16)}, ISS 0x${this.iss.toString(16)}${address}`;
  }

  get stack(): string {
    return `${this.name}: ${this.message}`;
  }
}

export interface ExceptionDetails {
  readonly targetEl?: number;
  readonly far?: bigint;
  readonly ipa?: bigint;
  readonly returnOffset?: number;
  readonly isShort?: boolean;
}

/** Something the architecture defines and this simulator does not have: it stops the run, loudly, and is never taken. */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`not modelled: ${what}`);
    this.name = 'NotModelled';
  }
}

/** An unallocated or disallowed instruction, or a register access nobody may make at this level. */
export function undefinedInstruction(): ArchException {
  return new ArchException('sync', EC.unknown, 0);
}

/** SVC, HVC or SMC with its 16-bit immediate. `targetEl` is 2 for HVC, and left out for SVC. */
export function call(
  ec: typeof EC.svc | typeof EC.hvc | typeof EC.smc,
  imm16: number,
  targetEl?: number,
): ArchException {
  return new ArchException('sync', ec, imm16, { targetEl, returnOffset: 4 });
}

/** BRK with its 16-bit immediate; `targetEl` by the debug routing of MDCR_EL2.TDE. */
export function softwareBreakpoint(imm16: number, targetEl: number | undefined): ArchException {
  return new ArchException('sync', EC.brk, imm16, { targetEl });
}

/** An instruction disallowed by a trap control; `iss` as the exception class lays it out. */
export function trap(ec: number, iss: number, targetEl: number | undefined): ArchException {
  return new ArchException('sync', ec, iss, { targetEl });
}

/** PSTATE.IL is set. */
export function illegalState(): ArchException {
  return new ArchException('sync', EC.illegalState, 0);
}

/** The PC is no multiple of 4. */
export function pcAlignment(pc: bigint): ArchException {
  return new ArchException('sync', EC.pcAlignment, 0, { far: pc });
}

/** A load or store by an SP that is no multiple of 16 while SCTLR_ELx.SA (SA0 at EL0) is set. */
export function spAlignment(): ArchException {
  return new ArchException('sync', EC.spAlignment, 0);
}

/** What an abort's syndrome says besides the instruction. */
export interface AbortDetails {
  /** Fault status code, ISS bits 5:0: kind of fault and level of the look-up. */
  readonly status: number;
  readonly far: bigint;
  /** A stage 2 fault: it goes to EL2. */
  readonly stage2?: { readonly ipa: bigint; readonly s1ptw: boolean };
}

/** ISS bits of an abort besides the fault status code. */
const WNR = 1 << 6;
const S1PTW = 1 << 7;
const CM = 1 << 8;

/** An Instruction Abort, from stage 1 or stage 2. */
export function instructionAbort(details: AbortDetails): ArchException {
  return abort(EC.instructionAbort, 0, details);
}

/**
 * A Data Abort. `write`: by a store, or by an atomic that lacks write permission (ISS.WnR); `maintenance`: by a cache
 * maintenance or address translation instruction (ISS.CM). The fields of ISS that describe the instruction (ISV, SAS,
 * SSE, SRT, SF, AR) are filled in by the step loop, which knows it.
 */
export function dataAbort(details: AbortDetails & { write: boolean; maintenance?: boolean }): ArchException {
  return abort(EC.dataAbort, (details.write ? WNR : 0) | (details.maintenance ? CM | WNR : 0), details);
}

function abort(ec: number, instructionBits: number, details: AbortDetails): ArchException {
  const { status, far, stage2 } = details;
  const iss = status | instructionBits | (stage2?.s1ptw ? S1PTW : 0);
  return new ArchException('sync', ec, iss, { far, ipa: stage2?.ipa, targetEl: stage2 === undefined ? undefined : 2 });
}

/** True for a data abort of stage 2 that was not met on a stage 1 table walk: its ISS may describe the instruction. */
export function mayDescribeInstruction(exception: ArchException): boolean {
  return exception.ec === EC.dataAbort && exception.ipa !== undefined && (exception.iss & (S1PTW | CM)) === 0;
}

/** The fault status codes of external aborts: of the access itself, and, by level, of a table walk for it. */
const EXTERNAL = 0b010000;
const EXTERNAL_ON_WALK = 0b010100;

/** True for an instruction or data abort that something outside the PE reported. */
export function isExternalAbort({ ec, iss }: ArchException): boolean {
  const status = iss & 0x3f;
  return (
    (ec === EC.instructionAbort || ec === EC.dataAbort) && (status === EXTERNAL || (status & ~3) === EXTERNAL_ON_WALK)
  );
}
