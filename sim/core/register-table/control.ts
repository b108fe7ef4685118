/**
 * System control, translation and thread registers of EL1 and EL2 (Arm ARM, D17.2). Masks are those of Armv8.0, with
 * the bits of later extensions where the model has them.
 */
import type { Cpu } from '../cpu.ts';
import { NotModelled } from '../exceptions.ts';
import { type CpuModel, featuresOf } from '../models.ts';
import {
  type RegisterBehaviour,
  type RowDetails,
  readOnly,
  readWrite,
  type SystemRegisterRow,
} from '../system-register.ts';
import { TCPAC, TLOR, VIRTUAL_MEMORY } from '../traps.ts';

const WORD = 0xffff_ffffn;

/** The union of the bits that are there: a bit mask, or the mask with the extension it belongs to. */
function bits(features: ReadonlySet<string>, always: bigint, optional: Readonly<Record<string, bigint>>): bigint {
  return Object.entries(optional).reduce((all, [feature, mask]) => (features.has(feature) ? all | mask : all), always);
}

/** A register of translation regime EL1&0: HCR_EL2.TVM and TRVM trap it. */
function virtualMemory(name: string, details: RowDetails = {}): SystemRegisterRow {
  return readWrite(name, 1, { traps: VIRTUAL_MEMORY, ...details });
}

/**
 * SCTLR_EL1: M, A, C, SA, SA0, CP15BEN, ITD, SED, UMA, I, DZE, UCT, nTWI, nTWE, WXN, E0E, EE, UCI. Bits 29, 28, 23, 22, 20 and 11
 * are RES1, but reset to the value the manuals of the cores give (0x00C50838: bits 29, 28, 20 and 11 partly 0), so
 * they hold what was written.
 */
const SCTLR_EL1 = 0x37dd_dbbfn;
/** SCTLR_EL2: M, A, C, SA, I, WXN, EE; RES1 are bits 29, 28, 23, 22, 18, 16, 11, 5 and 4. */
const SCTLR_EL2 = 0x0208_100fn;
const SCTLR_EL2_RES1 = 0x30c5_0830n;
const TCR_EL1 = 0x77_ffff_ffbfn;
const TCR_EL2 = 0x0017_ff3fn;
const TCR_EL2_RES1 = 0x8080_0000n;
const VTCR_EL2 = 0x0007_ffffn;
const VTCR_EL2_RES1 = 0x8000_0000n;
const HCR_EL2 = 0x3_ffff_ffffn;
const HCR_RW = 1n << 31n;
const CPTR_EL2 = 0x8010_0400n;
const CPTR_EL2_RES1 = 0x33ffn;
const MDCR_EL2 = 0xfffn;

/** The rows of `model`. */
export function controlRegisters(model: CpuModel): SystemRegisterRow[] {
  const features = featuresOf(model);
  const eventCounters = (model.values.pmcr_el0! >> 11n) & 0x1fn;
  const dssbs = { ssbs: 1n << 44n };
  // The TTBRs' bit 0 is CnP, of Armv8.2, which all cores with VHE have.
  const ttbr = bits(features, 0xffff_ffff_ffff_fffen, { vhe: 1n });
  return [
    virtualMemory('sctlr_el1', {
      mask: bits(features, SCTLR_EL1, { ...dssbs, ras: 1n << 21n }),
      reset: model.values.sctlr_el1!,
      context: 'el1',
    }),
    readWrite('cpacr_el1', 1, { mask: 0x1030_0000n, traps: [TCPAC], context: 'el1' }),
    virtualMemory('ttbr0_el1', { mask: ttbr, context: 'el1' }),
    virtualMemory('ttbr1_el1', { mask: ttbr, context: 'el1' }),
    virtualMemory('tcr_el1', {
      mask: bits(features, TCR_EL1, { vhe: 0x7_8000_0000_0000n | (0xfn << 39n) }),
      context: 'el1',
    }),
    virtualMemory('mair_el1', { context: 'el1' }),
    virtualMemory('amair_el1', { mask: 0n }),
    virtualMemory('contextidr_el1', { mask: WORD }),
    readWrite('tpidr_el0', 0),
    { ...readWrite('tpidrro_el0', 0), writableFrom: 1 },
    readWrite('tpidr_el1', 1),
    readWrite('tpidr_el2', 2),
    readWrite('par_el1', 1),

    readWrite('sctlr_el2', 2, {
      mask: bits(features, SCTLR_EL2, { ...dssbs, ras: 1n << 21n }),
      fixed: SCTLR_EL2_RES1,
      context: 'all',
    }),
    hypervisorConfiguration(model, features),
    readWrite('mdcr_el2', 2, {
      mask: bits(features, MDCR_EL2, { vhe: 1n << 17n }),
      reset: eventCounters,
      context: 'debug',
    }),
    readWrite('cptr_el2', 2, { mask: CPTR_EL2, fixed: CPTR_EL2_RES1, context: 'all' }),
    readWrite('hstr_el2', 2, { mask: 0xbfefn }),
    readWrite('hacr_el2', 2, { mask: 0n }),
    readWrite('ttbr0_el2', 2, { mask: ttbr, context: 'all' }),
    readWrite('tcr_el2', 2, {
      mask: bits(features, TCR_EL2, { vhe: 0x1f60_0000n }),
      fixed: TCR_EL2_RES1,
      context: 'all',
    }),
    readWrite('vttbr_el2', 2, {
      mask: bits(features, 0x00ff_ffff_ffff_fffen, { vhe: 0xff00_0000_0000_0001n }),
      context: 'el1',
    }),
    readWrite('vtcr_el2', 2, {
      mask: bits(features, VTCR_EL2, { vhe: 0x1e68_0000n }),
      fixed: VTCR_EL2_RES1,
      context: 'el1',
    }),
    readWrite('mair_el2', 2, { context: 'all' }),
    readWrite('amair_el2', 2, { mask: 0n }),
    readWrite('dacr32_el2', 2, { mask: WORD }),

    ...(features.has('lor') ? limitedOrdering() : []),
    ...(features.has('vhe') ? hostExtension() : []),
  ];
}

const HCR_E2H = 1n << 34n;

/** HCR_EL2. The rows of the EL2 registers are those of E2H = 0, so that is all it may be. */
function hypervisorConfiguration(model: CpuModel, features: ReadonlySet<string>): SystemRegisterRow {
  const el1IsAArch64Only = ((model.values.id_aa64pfr0_el1! >> 4n) & 0xfn) === 1n;
  const fixed = el1IsAArch64Only ? HCR_RW : 0n;
  const mask = bits(features, HCR_EL2, { lor: 1n << 35n, ras: 3n << 36n }) & ~fixed;
  const behaviour = (cpu: Cpu): RegisterBehaviour => {
    const cell = cpu.cell('hcr_el2');
    return {
      write: (value) => {
        if (features.has('vhe') && (value & HCR_E2H) !== 0n) throw new NotModelled('HCR_EL2.E2H (FEAT_VHE)');
        cpu.write(cell, (value & mask) | fixed);
      },
    };
  };
  return readWrite('hcr_el2', 2, { mask, fixed, behaviour, context: 'all' });
}

/** LORegions, none of which the modelled core implements (LORID_EL1 is 0). */
function limitedOrdering(): SystemRegisterRow[] {
  const traps = [TLOR];
  return [
    readWrite('lorsa_el1', 1, { mask: 0n, traps }),
    readWrite('lorea_el1', 1, { mask: 0n, traps }),
    readWrite('lorn_el1', 1, { mask: 0n, traps }),
    readWrite('lorc_el1', 1, { mask: 0n, traps }),
    readOnly('lorid_el1', 1, { mask: 0n, traps }),
  ];
}

/** The registers FEAT_VHE adds, as they are while HCR_EL2.E2H is 0. */
function hostExtension(): SystemRegisterRow[] {
  return [readWrite('ttbr1_el2', 2), readWrite('contextidr_el2', 2, { mask: WORD })];
}
