/**
 * Random system programs, for a comparison with QEMU: rounds of system-register accesses, system instructions and
 * exceptions at EL0, EL1 and EL2 under random trap controls and through page tables of random permissions. The vectors read the syndrome registers, skip what failed and
 * return, so that every exception shows in the general registers.
 */
import { dcOperations, icOperations, tlbiOperations } from '../../asm/a64/sysregs.ts';
import type { SystemRegister } from '../../sim/core/system-registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { word } from '../exec/processor.ts';
import type { Random } from './memory-tables.ts';
import { MAIR_EL1, SystemProgramTables, TABLES_SIZE, TCR_EL1, VTCR_EL2 } from './system-program-tables.ts';

/** Where code is loaded; its vectors stand at an offset, its programs after them. */
export const CODE = 0x4020_0000n;
const EL1_HANDLER = 256;
const EL2_HANDLER = 512;
const INTERRUPT = 1024;
const EL2_VECTORS = 2048;
const EL1_VECTORS = 4096;
const START = 6144;
const SS = 1 << 21;
const NOT_IL = 0xffff_ffff_ffef_ffffn;
/** An address in RAM for cache maintenance. */
const WINDOW = 0x4f00_0000n;
/** Where the page tables are, from CODE on. */
const TABLES = 8 << 20;

/** The immediate of the SVC and HVC that end a round, and of the HLT that ends everything. */
const END_OF_ROUND = 0x7fff;

const SYNDROME_PLEASE = 0x7ffe;

/** No system instruction that returns a value is allocated in Armv8.0 (C5.3): UNDEFINED at every level. */
const UNALLOCATED_SYSL = 'sysl x1, #0, c7, c0, #0';

const MSR_X = 0xd500_0000;
const MRS_X = 0xd520_0000;

/** Registers that would stop the program, or change what is compared with time, if they were written at random. */
const unwritten = new Set([
  ...['dbgbvr', 'dbgbcr', 'dbgwvr', 'dbgwcr'].flatMap((stem) => [0, 1, 2, 3, 4, 5].map((n) => `${stem}${n}_el1`)),
  // An illegal return sets PSTATE.PAN from SPSR (J1, SetPSTATEFromPSR); QEMU keeps it.
  'pan',
  ...[
    'vbar_el1',
    'vbar_el2',
    'sctlr_el1',
    'sctlr_el2',
    'hcr_el2',
    'sp_el0',
    'sp_el1',
    'spsel',
    'mdscr_el1',
    'mdcr_el2',
  ],
  ...[
    'spsr_el1',
    'spsr_el2',
    'elr_el1',
    'elr_el2',
    'pmcr_el0',
    'pmcntenset_el0',
    'oslar_el1',
    'osdlr_el1',
    'csselr_el1',
  ],
  ...['cntp_ctl_el0', 'cntv_ctl_el0', 'cnthp_ctl_el2', 'cnthv_ctl_el2', 'cntvoff_el2', 'icc_sre_el1', 'icc_sre_el2'],
]);

export interface SystemProgramOptions {
  readonly random: Random;
  readonly machine: Machine;
  /** Registers that are not accessed: QEMU differs. */
  readonly excluded: ReadonlySet<string>;
  readonly rounds: number;
}

/** The whole image. */
export function makeSystemPrograms(options: SystemProgramOptions): Uint8Array {
  const writer = new SystemProgramWriter(options);
  writer.boot();
  for (let n = 0; n < options.rounds; n++) writer.round();
  writer.end();
  return writer.image();
}

/** Bits of HCR_EL2 that may be set in any combination: FMO, IMO, AMO, VF, VI, VSE, and the trap controls but TWE. */
const HCR_CHOICES = 0x5bfb_81f8n & ~(1n << 27n) & ~(1n << 14n) & ~(1n << 15n);
const HCR_RW = 1n << 31n;
const HCR_TGE = 1n << 27n;
const HCR_TSC = 1n << 19n;
const HCR_TWI = 1n << 13n;
/** SCTLR_EL1: UMA, UCT, nTWI, nTWE, UCI. */
const SCTLR_CHOICES = 0x0405_8200n;
const SCTLR_RESET = 0x30d0_0800n;
const MDSCR_TDCC = 1n << 12n;
const MDSCR_MDE = 1n << 15n;
const MDCR_TPM = 1n << 6n;
const SCTLR_UMA = 1n << 9n;
const SCTLR_M = 1n << 0n;
const SCTLR_WXN = 1n << 19n;
const HCR_VM = 1n << 0n;
/** Registers that a program may write only while its memory is not translated. */
const TRANSLATION = /^(v?ttbr|v?tcr|mair)/;
const SCTLR_NTWI = 1n << 16n;

class SystemProgramWriter {
  readonly #random: Random;
  readonly #readable: readonly SystemRegister[];
  readonly #writable: readonly SystemRegister[];
  readonly #words: number[] = [];
  #isDebugged = false;
  readonly #tables: SystemProgramTables;
  #hcr = 0n;
  #sctlr = 0n;

  constructor({ random, machine, excluded }: SystemProgramOptions) {
    this.#random = random;
    this.#tables = new SystemProgramTables(random, CODE + BigInt(TABLES), WINDOW);
    const all = [...machine.systemRegisters.all].filter(({ name }) => !excluded.has(name));
    this.#readable = all.filter(({ row, name }) => row.readableFrom !== undefined && !/^icc_(iar|hppir)/.test(name));
    this.#writable = all.filter(
      ({ row, name }) => row.writableFrom !== undefined && !unwritten.has(name) && !/^ic[ch]_/.test(name),
    );
  }

  image(): Uint8Array {
    if (4 * this.#words.length > TABLES) throw new Error('the programs are too long');
    const image = new Uint8Array(TABLES + TABLES_SIZE);
    image.set(new Uint8Array(Uint32Array.from(this.#words).buffer));
    image.set(this.#tables.bytes, TABLES);
    return image;
  }

  boot(): void {
    this.#lines(`adr x0, .+${EL2_VECTORS}`, 'msr vbar_el2, x0', `adr x0, .+${EL1_VECTORS - 8}`, 'msr vbar_el1, x0');
    this.#branch('b', START);
    this.#padTo(EL1_HANDLER);
    this.#el1Handler();
    this.#padTo(EL2_HANDLER);
    this.#el2Handler();
    this.#padTo(INTERRUPT);
    this.#interruptHandler();
    this.#vectors(EL2_VECTORS, EL2_HANDLER);
    this.#vectors(EL1_VECTORS, EL1_HANDLER);
    this.#padTo(START);
    // EL2 registers with reserved bits as they should be: QEMU resets them to 0.
    this.#set('sctlr_el2', 0x30c5_0830n);
    this.#set('tcr_el2', 0x8080_0000n);
    this.#set('vtcr_el2', 0x8000_0000n);
  }

  /** SYS_EXIT, at EL2. */
  end(): void {
    this.#lines('adr x1, .+20', 'mov x0, #0x18', 'hlt #0xf000', 'b .+0', 'nop');
    this.#words.push(0x20026, 0, 0, 0);
  }

  /** New trap controls, then a stretch at some level, back to EL2 by SVC or HVC. */
  round(): void {
    this.#controls();
    const el = (this.#hcr & HCR_TGE) !== 0n ? this.#random.pick([0, 2]) : this.#random.pick([0, 1, 1, 2]);
    for (let n = 0; n < 16; n++) this.#constant(n, this.#random.wide(64));
    this.#constant(28, this.#isTranslated && !this.#isDebugged ? this.#tables.page() : WINDOW);
    if (el < 2) this.#enter(el);
    const length = 10 + this.#random.below(20);
    for (let i = 0; i < length; i++) this.#step(el);
    // X19 is where EL2 goes on.
    // Twice: a breakpoint may have one skipped.
    if (el < 2) this.#lines(`svc #${END_OF_ROUND}`, `svc #${END_OF_ROUND}`);
    this.#finishEnter();
  }

  /** Leaves EL2 for `el`; X19 gets the address of the end of the round, filled in by #finishEnter. */
  #enter(el: number): void {
    const spsr = el === 0 ? 0x3c0 : this.#random.pick([0x3c5, 0x3c4, 0x0c5, 0x3c5]);
    this.#constant(0, BigInt(spsr) | (this.#random.wide(4) << 28n));
    this.#lines('msr spsr_el2, x0', 'adr x0, .+16', 'msr elr_el2, x0');
    this.#pending = this.#words.length;
    this.#lines('nop', 'eret');
  }

  #pending: number | undefined;

  #finishEnter(): void {
    if (this.#pending === undefined) return;
    this.#words[this.#pending] = word(`adr x19, .+${4 * (this.#words.length - this.#pending)}`);
    this.#pending = undefined;
  }

  #controls(): void {
    this.#hcr = HCR_RW | (this.#random.wide(32) & this.#random.wide(32) & HCR_CHOICES);
    if (this.#random.chance(15)) this.#hcr |= HCR_TGE;
    // Under TGE, SCTLR_EL1.M counts as 0 (D17.2.48, "TGE"); QEMU goes on translating by it.
    const hasStage1 = (this.#hcr & HCR_TGE) === 0n;
    const stages = this.#random.pick([[], [], [1], [2], [1, 2], [1, 2]]).filter((stage) => stage === 2 || hasStage1);
    if (stages.includes(2)) this.#hcr |= HCR_VM;
    this.#set('hcr_el2', this.#hcr);
    // Not TPMCR (bit 5), which QEMU does not know (D17.3.17).
    const mdcr = this.#random.wide(12) & this.#random.wide(12) & 0xf40n;
    this.#set('mdcr_el2', mdcr | 6n);
    this.#set(
      'cptr_el2',
      0x33ffn | (this.#random.chance(30) ? 1n << 31n : 0n) | (this.#random.chance(20) ? 1n << 10n : 0n),
    );
    this.#set('cnthctl_el2', this.#random.wide(2));
    this.#set('cntkctl_el1', this.#random.wide(10) & 0x303n);
    this.#set('cpacr_el1', this.#random.wide(2) << 20n);
    // What ER, CR and SW allow EL0, QEMU lets past MDCR_EL2.TPM, which traps it (D17.3.17, "TPM").
    this.#set('pmuserenr_el0', this.#random.wide(4) & ((mdcr & MDCR_TPM) !== 0n ? 1n : 0xfn));
    this.#set('hstr_el2', this.#random.wide(16) & 0xbfefn);
    this.#set('mdscr_el1', this.#debug() | (this.#random.chance(50) ? MDSCR_TDCC : 0n));
    this.#sctlr = SCTLR_RESET | (this.#random.wide(32) & SCTLR_CHOICES);
    if (stages.includes(1)) this.#sctlr |= SCTLR_M | (this.#random.chance(30) ? SCTLR_WXN : 0n);
    if (stages.length > 0) this.#translation();
    this.#set('sctlr_el1', this.#sctlr);
  }

  get #isTranslated(): boolean {
    return (this.#hcr & HCR_VM) !== 0n || (this.#sctlr & SCTLR_M) !== 0n;
  }

  #translation(): void {
    this.#set('ttbr0_el1', this.#tables.root(1));
    this.#set('tcr_el1', TCR_EL1);
    this.#set('mair_el1', MAIR_EL1);
    this.#set('vttbr_el2', this.#tables.root(2));
    this.#set('vtcr_el2', VTCR_EL2);
    this.#lines('tlbi alle1', 'dsb sy', 'isb');
  }

  /**
   * Sometimes a breakpoint in the code to come, a watchpoint on the window, or software step. Returns bits of MDSCR_EL1.
   * Of context matches QEMU knows linked ones of CONTEXTIDR_EL1 only.
   */
  #debug(): bigint {
    this.#lines('msr oslar_el1, xzr');
    this.#isDebugged = this.#random.chance(40);
    if (!this.#isDebugged) return 0n;
    // HMC and PMC or PAC as D2.8.3 has them for SSC 0; other values of SSC are reserved without Secure state.
    const state = this.#random.pick([0x2n, 0x4n, 0x6n, 0x2002n, 0x2006n]);
    const linked = this.#random.chance(30) ? (1n << 20n) | (5n << 16n) : 0n;
    // From here to the code of the round there are some 100 instructions.
    this.#lines(`adr x0, .+${4 * (90 + this.#random.below(60))}`, 'msr dbgbvr1_el1, x0');
    this.#set('dbgbcr1_el1', state | linked | 0x1e0n | this.#random.wide(1));
    this.#set('contextidr_el1', this.#random.wide(1));
    this.#set('dbgbvr5_el1', this.#random.wide(1));
    this.#set('dbgbcr5_el1', 0x0030_01e7n);
    this.#set('dbgwvr2_el1', WINDOW + 8n * this.#random.wide(1) + 4n * this.#random.wide(1));
    // Loads or stores: of one that is for both, QEMU may report WnR for an earlier hit.
    const kind = this.#random.pick([1n << 3n, 1n << 4n]);
    // The bytes have to be neighbours (D17.3.11, BAS).
    const start = this.#random.below(4);
    const bytes = BigInt(((2 << this.#random.below(4)) - 1) << start);
    this.#set('dbgwcr2_el1', state | kind | (bytes << 5n) | this.#random.wide(1));
    // A level that steps itself (KDE) would step its own handler.
    const stepOrKde = this.#random.pick([0n, 0n, 1n, 1n << 13n]);
    return (this.#random.chance(80) ? MDSCR_MDE : 0n) | stepOrKde;
  }

  #step(el: number): void {
    const kind = this.#random.below(100);
    if (kind < 40) this.#access(MRS_X, this.#random.pick(this.#readable));
    else if (kind < 60) this.#write(this.#random.pick(this.#writable));
    else if (kind < 68 && this.#isTranslated) this.#memory(el);
    else if (kind < 72) this.#maintenance();
    else if (kind < 82) this.#exception();
    else if (kind < 85)
      this.#lines(this.#random.pick(['fmov d0, x0', 'mov x1, v3.d[1]', 'ldr q1, [x28]', 'mrs x2, fpsr']));
    else if (kind < 88) this.#watched(el);
    else if (kind < 93) this.#pstate(el);
    else if (kind < 97) this.#return(el);
    else this.#trapped(el);
  }

  /** A trapped MSR DAIFSet or DAIFClr has op1 and op2 exchanged in QEMU's syndrome (D17.2.37: op2 is in bits 19:17). */
  #pstate(el: number): void {
    const isTrapped = el < 2 && (this.#sctlr & SCTLR_UMA) === 0n;
    const masks = isTrapped ? [] : ['msr daifset, #7', 'msr daifclr, #7'];
    this.#lines(this.#random.pick([...masks, 'msr spsel, #0', 'msr spsel, #1']));
  }

  #access(base: number, register: SystemRegister): void {
    this.#words.push((base | (register.code << 5) | this.#random.below(16)) >>> 0);
  }

  /** Loads and stores that a watchpoint may watch, by a privileged level also as if at EL0. */
  #watched(el: number): void {
    const accesses = ['ldrb w1, [x28]', 'str x1, [x28, #8]', 'strh w2, [x28, #6]', 'ldr w3, [x28, #12]'];
    const privileged = el === 0 ? [] : ['ldtr w4, [x28, #4]', 'sttr x5, [x28, #8]'];
    this.#lines(this.#random.pick([...accesses, ...privileged]));
  }

  /** Loads and stores through the tables, by a privileged level also as if at EL0, and what AT says of the page. */
  #memory(el: number): void {
    const accesses = [
      'ldrb w1, [x28]',
      'str x1, [x28, #8]',
      'strh w2, [x28, #6]',
      'ldr w3, [x28, #12]',
      'ldr q1, [x28]',
    ];
    const privileged = ['ldtr x4, [x28]', 'sttr w5, [x28]', 'ldtrsh x6, [x28, #2]'];
    const translations = ['s1e1r', 's1e1w', 's1e0r', 's1e0w'].concat(el === 2 ? ['s12e1r', 's12e0w'] : []);
    this.#lines(this.#random.pick(el === 0 ? accesses : [...accesses, ...privileged]));
    if (el > 0 && (this.#sctlr & SCTLR_M) !== 0n && this.#random.chance(40)) {
      this.#lines(`at ${this.#random.pick(translations)}, x28`, 'isb', 'mrs x7, par_el1');
    }
  }

  #write(register: SystemRegister): void {
    if (this.#isTranslated && TRANSLATION.test(register.name)) return;
    const { mask, fixed } = register.row;
    const t = this.#random.below(16);
    this.#constant(t, (this.#random.wide(64) & mask) | fixed);
    this.#words.push((MSR_X | (register.code << 5) | t) >>> 0);
  }

  /** A cache or TLB instruction on a good address. Zeroing is not for Device memory, which all memory is here. */
  #maintenance(): void {
    const operations = [...dcOperations, ...icOperations, ...tlbiOperations]
      .filter(({ name, feature }) => feature === undefined && name !== 'zva' && !/3|paall|rpa|papa/.test(name))
      .filter(
        // QEMU's cache maintenance by address translates nothing, and so has no faults (D5.2.11 has it need permission).
        ({ name }) => !this.#isTranslated || !/^(.*va[cpu]|ivau)$/.test(name),
      )
      // Nor do QEMU's watchpoints take DC IVAC for a store (D2.10, "Watchpoint behavior on other instructions").
      .filter(({ name }) => !this.#isDebugged || name !== 'ivac');
    const { op1, crn, crm, op2, register } = this.#random.pick(operations);
    const t = register ? 28 : 31;
    this.#words.push((0xd508_0000 | (op1 << 16) | (crn << 12) | (crm << 8) | (op2 << 5) | t) >>> 0);
  }

  #exception(): void {
    const imm = this.#random.below(SYNDROME_PLEASE);
    this.#lines(
      this.#random.pick([
        `svc #${imm}`,
        `hvc #${imm}`,
        `brk #${imm}`,
        `hlt #${imm}`,
        `udf #${imm}`,
        'dcps1',
        'dcps2',
        'dcps3',
        'drps',
        UNALLOCATED_SYSL,
      ]),
    );
  }

  /** An exception return from EL1 to the next instruction, legal or not; at EL0 it is UNDEFINED. */
  #return(el: number): void {
    // A breakpoint on it would have the instruction that sets ELR skipped.
    if (el !== 1 || this.#isDebugged) return;
    const modes = [0x3c0, 0x3c4, 0x3c5, 0x3c5, 0x3c9, 0x3c1, 0x3c6, 0x3cc];
    this.#constant(0, BigInt(this.#random.pick(modes)) | (this.#random.wide(4) << 28n) | (this.#random.wide(1) << 20n));
    this.#lines('msr spsr_el1, x0', 'adr x0, .+12', 'msr elr_el1, x0', 'eret', 'nop');
  }

  /** WFI and SMC where they are trapped, which is where QEMU and the architecture agree on what they do. */
  #trapped(el: number): void {
    const noPending = (this.#hcr & 0x1c0n) === 0n;
    const wfi = (this.#hcr & HCR_TWI) !== 0n || (el === 0 && (this.#sctlr & SCTLR_NTWI) === 0n);
    // QEMU steps over WFI without trapping it.
    if (el < 2 && wfi && noPending && !this.#isDebugged) this.#lines('wfi');
    if (el === 0 || (el === 1 && (this.#hcr & HCR_TSC) !== 0n)) this.#lines('smc #17');
  }

  /**
   * The syndrome registers pass through general ones: X20 to X23 at EL1, X27, X29, X30, X17 and X18 at EL2. SVC and HVC
   * return, software step goes on, the rest is skipped, and PSTATE.IL is cleared. EL1 may not read ESR_EL1 under HCR_EL2.TRVM: HVC gets it.
   */
  #el1Handler(): void {
    this.#lines(`hvc #${SYNDROME_PLEASE}`, 'mrs x21, elr_el1', 'mrs x22, spsr_el1');
    this.#lines(
      'lsr x25, x20, #26',
      'cmp x25, #0x15',
      'b.eq .+48',
      'and x26, x25, #0x3e',
      'cmp x26, #0x32',
      'b.eq .+24',
    );
    this.#lines('add x21, x21, #4', 'msr elr_el1, x21', `and x22, x22, #${NOT_IL}`, 'msr spsr_el1, x22', 'eret');
    this.#lines(`orr x22, x22, #${SS}`, 'msr spsr_el1, x22', 'eret', 'nop');
    this.#lines('and w25, w20, #0xffff', `mov w26, #${END_OF_ROUND}`, 'cmp w25, w26', 'b.ne .+8');
    this.#lines(`hvc #${END_OF_ROUND}`, 'eret');
  }

  #el2Handler(): void {
    this.#lines('mrs x29, esr_el2', 'mrs x30, elr_el2', 'mrs x27, spsr_el2', 'mrs x18, far_el2', 'mrs x17, hpfar_el2');
    this.#lines('lsr x16, x29, #26', 'cmp x16, #0x15', 'b.eq .+60', 'cmp x16, #0x16', 'b.eq .+52');
    this.#lines('and x16, x16, #0x3e', 'cmp x16, #0x32', 'b.eq .+24');
    this.#lines('add x30, x30, #4', 'msr elr_el2, x30', `and x27, x27, #${NOT_IL}`, 'msr spsr_el2, x27', 'eret');
    this.#lines(`orr x27, x27, #${SS}`, 'msr spsr_el2, x27', 'eret', 'nop');
    this.#lines('mrs x20, esr_el1', 'mrs x23, far_el1', 'and w16, w29, #0xffff', 'sub w16, w16, #0x7, lsl #12');
    this.#lines('cmp w16, #0xfff', 'b.ne .+8', 'br x19', 'eret');
  }

  /** A vector table at offset `at`. */
  #vectors(at: number, handler: number): void {
    for (let vector = 0; vector < 16; vector++) {
      this.#padTo(at + 128 * vector);
      this.#branch('b', vector % 4 === 0 ? handler : INTERRUPT);
    }
  }

  /** A virtual interrupt: it goes on with interrupts masked. */
  #interruptHandler(): void {
    this.#lines('mrs x20, isr_el1', 'mrs x21, elr_el1', 'mrs x22, spsr_el1');
    this.#lines('orr x22, x22, #0x1c0', 'msr spsr_el1, x22', 'eret');
  }

  #branch(mnemonic: string, offset: number): void {
    this.#lines(`${mnemonic} .+${offset - 4 * this.#words.length}`);
  }

  #set(name: string, value: bigint): void {
    this.#constant(0, value);
    this.#lines(`msr ${name}, x0`);
  }

  #padTo(offset: number): void {
    if (4 * this.#words.length > offset) throw new Error(`the code before offset ${offset} is too long`);
    while (4 * this.#words.length < offset) this.#lines('nop');
  }

  #lines(...lines: string[]): void {
    for (const line of lines) this.#words.push(word(line));
  }

  #constant(n: number, value: bigint): void {
    this.#lines(`movz x${n}, #${value & 0xffffn}`);
    for (let hw = 1n; hw < 4n; hw++) {
      const part = (value >> (16n * hw)) & 0xffffn;
      if (part !== 0n) this.#lines(`movk x${n}, #${part}, lsl #${16n * hw}`);
    }
  }
}
