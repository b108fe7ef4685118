/**
 * Processor models: what the identification registers of each say. Values are those of the cores' Technical Reference
 * Manuals (Cortex-A53 DDI 0500, Cortex-A57 DDI 0488, Cortex-A72 100095, Neoverse N1 100616; chapter 4, "System
 * Control", register summary), without EL3, which the machine does not have.
 */

export interface CpuModel {
  readonly name: string;
  /** Values of the identification registers, by register name. A register in the ID space that is not listed reads 0. */
  readonly values: Readonly<Record<string, bigint>>;
  /** Cache sizes, CCSIDR_EL1 by CSSELR_EL1 (level in bits 3:1, instruction cache in bit 0). */
  readonly cacheSizes: Readonly<Record<number, bigint>>;
  /** IMPLEMENTATION DEFINED registers, by their S<op0>_<op1>_<Cn>_<Cm>_<op2> name. They read their value here and ignore writes. */
  readonly implementationDefined: Readonly<Record<string, bigint>>;
}

/** The Cortex-A57's registers; the other two Armv8.0 cores are told by what differs from it. */
const cortexA57: CpuModel = {
  name: 'cortex-a57',
  values: {
    midr_el1: 0x411fd070n,
    mpidr_el1: 0x80000000n,
    revidr_el1: 0n,
    aidr_el1: 0n,
    id_pfr0_el1: 0x131n,
    id_pfr1_el1: 0x11001n,
    id_dfr0_el1: 0x03010006n,
    id_afr0_el1: 0n,
    id_mmfr0_el1: 0x10101105n,
    id_mmfr1_el1: 0x40000000n,
    id_mmfr2_el1: 0x01260000n,
    id_mmfr3_el1: 0x02102211n,
    id_isar0_el1: 0x02101110n,
    id_isar1_el1: 0x13112111n,
    id_isar2_el1: 0x21232042n,
    id_isar3_el1: 0x01112131n,
    id_isar4_el1: 0x00011142n,
    id_isar5_el1: 0x00011121n,
    mvfr0_el1: 0x10110222n,
    mvfr1_el1: 0x12111111n,
    mvfr2_el1: 0x43n,
    id_aa64pfr0_el1: 0x222n,
    id_aa64dfr0_el1: 0x10305106n,
    id_aa64isar0_el1: 0x11120n,
    id_aa64mmfr0_el1: 0x1124n,
    clidr_el1: 0x0a200023n,
    ctr_el0: 0x8444c004n,
    dczid_el0: 4n,
    pmcr_el0: 0x41013000n,
    pmceid0_el0: 0x20001n,
    sctlr_el1: 0x00c50838n,
  },
  cacheSizes: { 0: 0x701fe00an, 1: 0x201fe012n, 2: 0x70ffe07an },
  implementationDefined: {
    s3_1_c11_c0_2: 0n,
    s3_1_c11_c0_3: 0n,
    s3_1_c15_c0_0: 0n,
    s3_1_c15_c2_0: 0n,
    s3_1_c15_c2_1: 0n,
    s3_1_c15_c2_2: 0n,
    s3_1_c15_c2_3: 0n,
    // CBAR_EL1: where the GIC's registers are.
    s3_1_c15_c3_0: 0x08000000n,
  },
};

const cortexA53: CpuModel = {
  ...cortexA57,
  name: 'cortex-a53',
  values: {
    ...cortexA57.values,
    midr_el1: 0x410fd034n,
    id_aa64mmfr0_el1: 0x1122n,
    ctr_el0: 0x84448004n,
    pmcr_el0: 0x41033000n,
  },
  cacheSizes: { 0: 0x700fe01an, 1: 0x201fe00an, 2: 0x707fe07an },
};

const cortexA72: CpuModel = {
  ...cortexA57,
  name: 'cortex-a72',
  values: { ...cortexA57.values, midr_el1: 0x410fd083n, id_mmfr0_el1: 0x10201105n, pmcr_el0: 0x41023000n },
};

/** Armv8.2: the model with LSE atomics, PAN, UAO, RAS, LOR and DC CVAP. */
const neoverseN1: CpuModel = {
  name: 'neoverse-n1',
  values: {
    ...cortexA57.values,
    midr_el1: 0x414fd0c1n,
    id_pfr0_el1: 0x10010131n,
    id_pfr1_el1: 0x10000n,
    id_pfr2_el1: 0x11n,
    id_dfr0_el1: 0x04010008n,
    id_mmfr0_el1: 0x10201105n,
    id_mmfr3_el1: 0x02122211n,
    id_mmfr4_el1: 0x21110n,
    id_isar4_el1: 0x10142n,
    id_isar5_el1: 0x01011121n,
    id_isar6_el1: 0x10n,
    mvfr1_el1: 0x13211111n,
    id_aa64pfr0_el1: 0x1100000010110112n,
    id_aa64pfr1_el1: 0x20n,
    id_aa64dfr0_el1: 0x10305408n,
    id_aa64isar0_el1: 0x100010211120n,
    id_aa64isar1_el1: 0x100001n,
    id_aa64mmfr0_el1: 0x101125n,
    id_aa64mmfr1_el1: 0x10212122n,
    id_aa64mmfr2_el1: 0x1011n,
    clidr_el1: 0x82000023n,
    ctr_el0: 0x8444c004n,
    pmcr_el0: 0x410c3000n,
    pmceid1_el0: 0x18n,
    sctlr_el1: 0x30c50838n,
  },
  cacheSizes: { 0: 0x701fe01an, 1: 0x201fe01an, 2: 0x70ffe03an },
  implementationDefined: {},
};

const models: readonly CpuModel[] = [cortexA53, cortexA57, cortexA72, neoverseN1];

/** The names of all models. */
export const modelNames: readonly string[] = models.map((model) => model.name);

export interface ModelOptions {
  /** Breakpoints and watchpoints, 1 to 16 each; left out: as many as the core has. */
  readonly breakpoints?: number;
  readonly watchpoints?: number;
  /** The interrupt controller: v3 gives the core the GIC system registers. Left out: v2. */
  readonly gic?: 'v2' | 'v3';
}

/** ID_AA64DFR0_EL1: where the numbers of breakpoints, watchpoints and context-aware breakpoints lie, each less one. */
const BRPS = 12;
const WRPS = 20;
const CTX_CMPS = 28;
/** ID_AA64PFR0_EL1.GIC: the GIC system registers are there. */
const GIC = 24n;

/**
 * The model called `name` with the options worked into its identification registers. Throws RangeError for an unknown
 * name or a number out of range.
 */
export function cpuModel(name: string, options: ModelOptions = {}): CpuModel {
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new RangeError(`unknown CPU model '${name}': one of ${modelNames.join(', ')}`);
  let debug = model.values.id_aa64dfr0_el1!;
  if (options.breakpoints !== undefined) {
    debug = withCount(debug, BRPS, options.breakpoints, 'breakpoints');
    if (debugRegisterCounts(model).contextAware > options.breakpoints) {
      debug = withCount(debug, CTX_CMPS, options.breakpoints, 'context-aware breakpoints');
    }
  }
  if (options.watchpoints !== undefined) debug = withCount(debug, WRPS, options.watchpoints, 'watchpoints');
  const features = model.values.id_aa64pfr0_el1! | (options.gic === 'v3' ? 1n << GIC : 0n);
  const features32 = model.values.id_pfr1_el1! | (options.gic === 'v3' ? 1n << 28n : 0n);
  const values = { ...model.values, id_aa64dfr0_el1: debug, id_aa64pfr0_el1: features, id_pfr1_el1: features32 };
  return { ...model, values };
}

function withCount(register: bigint, lsb: number, count: number, what: string): bigint {
  if (!Number.isInteger(count) || count < 1 || count > MOST_COMPARATORS) {
    throw new RangeError(`${count} ${what}: a core has 1 to ${MOST_COMPARATORS}`);
  }
  const shift = BigInt(lsb);
  return (register & ~(0xfn << shift)) | (BigInt(count - 1) << shift);
}

/** How many of each there are. */
export interface DebugRegisterCounts {
  readonly breakpoints: number;
  readonly watchpoints: number;
  /** Of the breakpoints, the last so many can match a context. */
  readonly contextAware: number;
}

/** The most breakpoints, and the most watchpoints, that an ID_AA64DFR0_EL1 can tell of. */
export const MOST_COMPARATORS = 16;

/** What the low half of ID_AA64DFR0_EL1 tells (Arm ARM, D17.2). */
export function debugRegisterCountsIn(idAa64dfr0: number): DebugRegisterCounts {
  return {
    breakpoints: ((idAa64dfr0 >>> BRPS) & 0xf) + 1,
    watchpoints: ((idAa64dfr0 >>> WRPS) & 0xf) + 1,
    contextAware: ((idAa64dfr0 >>> CTX_CMPS) & 0xf) + 1,
  };
}

/** How many breakpoints and watchpoints the model has. */
export function debugRegisterCounts(model: CpuModel): DebugRegisterCounts {
  return debugRegisterCountsIn(Number(BigInt.asUintN(32, model.values.id_aa64dfr0_el1!)));
}

/** Whether the core has the system registers of a GICv3 CPU interface, ID_AA64PFR0_EL1.GIC. */
export function hasGicRegisters(model: CpuModel): boolean {
  return ((model.values.id_aa64pfr0_el1! >> GIC) & 0xfn) !== 0n;
}

/** The value of a 4-bit field of an identification register. */
function field(model: CpuModel, register: string, lsb: number): number {
  return Number(((model.values[register] ?? 0n) >> BigInt(lsb)) & 0xfn);
}

/**
 * The architecture extensions the identification registers tell of (Arm ARM, D17.2, the ID_AA64 registers), by the
 * name the instruction table gives them; `pan2`, `uao`, `vhe`, `dpb` and `ssbs2` have none there.
 */
export function featuresOf(model: CpuModel): ReadonlySet<string> {
  const rules: readonly [feature: string, present: boolean][] = [
    ['base', true],
    ['fp', field(model, 'id_aa64pfr0_el1', 16) !== 0xf],
    ['simd', field(model, 'id_aa64pfr0_el1', 20) !== 0xf],
    ['fp16', field(model, 'id_aa64pfr0_el1', 16) === 1],
    ['crc', field(model, 'id_aa64isar0_el1', 16) >= 1],
    ['lse', field(model, 'id_aa64isar0_el1', 20) >= 2],
    ['flagm', field(model, 'id_aa64isar0_el1', 52) >= 1],
    ['rng', field(model, 'id_aa64isar0_el1', 60) >= 1],
    ['dpb', field(model, 'id_aa64isar1_el1', 0) >= 1],
    ['pauth', field(model, 'id_aa64isar1_el1', 4) >= 1 || field(model, 'id_aa64isar1_el1', 8) >= 1],
    ['rcpc', field(model, 'id_aa64isar1_el1', 20) >= 1],
    ['sb', field(model, 'id_aa64isar1_el1', 36) >= 1],
    ['predres', field(model, 'id_aa64isar1_el1', 40) >= 1],
    ['pan', field(model, 'id_aa64mmfr1_el1', 20) >= 1],
    ['pan2', field(model, 'id_aa64mmfr1_el1', 20) >= 2],
    ['lor', field(model, 'id_aa64mmfr1_el1', 16) >= 1],
    ['vhe', field(model, 'id_aa64mmfr1_el1', 8) >= 1],
    ['uao', field(model, 'id_aa64mmfr2_el1', 4) >= 1],
    ['ras', field(model, 'id_aa64pfr0_el1', 28) >= 1],
    ['sve', field(model, 'id_aa64pfr0_el1', 32) >= 1],
    ['ssbs', field(model, 'id_aa64pfr1_el1', 4) >= 1],
    ['ssbs2', field(model, 'id_aa64pfr1_el1', 4) >= 2],
    ['memtag', field(model, 'id_aa64pfr1_el1', 8) >= 1],
  ];
  return new Set(rules.filter(([, present]) => present).map(([feature]) => feature));
}
