/**
 * The programs that the rows of silicon-cortex-a53.ts were measured with. A program is a body, written for destination
 * registers `d` and source registers `s`, and patterns that say which registers those are from one copy of the body to the
 * next; of several patterns the fastest counts. Programs, patterns and the register file are those of
 * insn_bench_aarch64; of its patterns some are left out, and its loops of some 3000 copies are cut down to some 100.
 */

/** One place of the benchmark's register file: a general register and a vector register. */
export interface Place {
  readonly x: string;
  readonly w: string;
  readonly v: string;
  readonly q: string;
  readonly d: string;
  readonly s: string;
}

/** `d[0]` is the register a body writes; `d[1]` is the next place of the file. */
export type Body = (d: readonly Place[], s: readonly Place[]) => string;

/** How many copies to run, each this many places further on, and at last the distance of `d` and the file's size. */
export interface Pattern {
  readonly copies: readonly { readonly count: number; readonly pitch: number }[];
  readonly offset: number;
  readonly places: number;
}

/** What the general registers hold before a program: addresses of memory, or numbers. */
export interface Setting {
  /** All registers of the file but the first. */
  readonly seed: bigint | Address;
  /** The first place of the file, where it is another. */
  readonly first?: bigint;
  /** x28, which is not of the file. */
  readonly constant: bigint | Address;
  /** Eight-byte words of the memory at `align` bytes past a page: their own address, or zero. */
  readonly memory?: 'pointers' | 'zeros';
  readonly align?: number;
}

/** Stands for the address of the memory that a program uses. */
export type Address = 'memory';

export interface Measurement {
  readonly body: Body;
  readonly patterns: readonly Pattern[];
}

export interface Microbenchmark {
  readonly setting: Setting;
  readonly latency?: Measurement & {
    /** Instructions whose own time is taken off: measured in the same way, as a latency. */
    readonly less?: Body;
  };
  readonly throughput?: Measurement;
  /** Of the `sweep` rows: the body that begins each group, of which up to eight follow; the best group counts. */
  readonly sweep?: { readonly leader: Body; readonly body: Body };
  /** A whole program instead, in which the loop has 144 copies of `text`, after `before`. */
  readonly loop?: { readonly text: string; readonly before?: string };
}

const chainOf = (count: number, pitch: number, offset: number, places: number): Pattern => ({
  copies: [{ count, pitch }],
  offset,
  places,
});

const flat = [chainOf(48, 0, 0, 24)];
/** The patterns of a plain latency: every copy reads what the one before it wrote. */
export const latency: readonly Pattern[] = [chainOf(48, 0, 0, 24), chainOf(48, 0, 0, 12)];
const advancing = [chainOf(48, 1, 1, 24)];
const advancingByTwo = [chainOf(48, 2, 1, 24)];

/** `again` times over: `groups` groups of `width` places, each gone through `rounds` times with `pitch`. */
function stream(width: number, groups: number, rounds: number, again: number, pitch = 1): Pattern {
  return {
    copies: [
      { count: again, pitch: 0 },
      { count: groups, pitch: width },
      { count: rounds, pitch: 0 },
      { count: width, pitch },
    ],
    offset: 0,
    places: width * groups,
  };
}

/** Those of a throughput: copies next to each other have registers of their own. */
export const parallel: readonly Pattern[] = [
  stream(24, 1, 1, 4),
  stream(6, 4, 3, 1),
  stream(6, 4, 6, 1),
  stream(3, 7, 5, 1),
];
const everySecond = [21, 24].map((width) => stream(width, 1, 1, 4, 2));

export const numbers: Setting = { seed: 1n, constant: 1n };
const pointers: Setting = { seed: 'memory', constant: 'memory', memory: 'pointers' };
const unaligned: Setting = { ...pointers, align: 1 };
const zeros: Setting = { seed: 'memory', constant: 'memory', memory: 'zeros' };
const unalignedZeros: Setting = { ...zeros, align: 1 };
/** Index registers of zero beside a base in x28. */
const indexed: Setting = { seed: 0n, first: 0n, constant: 'memory', memory: 'zeros' };
const unalignedIndexed: Setting = { ...indexed, align: 1 };
const crossingLine: Setting = { ...pointers, align: 63 };
const crossingPage: Setting = { ...pointers, align: 4095 };
/** Stores: x28 is an index of zero. */
const stores: Setting = { seed: 'memory', constant: 0n, memory: 'pointers' };
const unalignedStores: Setting = { ...stores, align: 1 };
const storesAcrossLine: Setting = { ...stores, align: 63 };
const storesAcrossPage: Setting = { ...stores, align: 4095 };

const addition: Body = (d, s) => `add ${d[0]!.x}, ${d[0]!.x}, ${s[0]!.x}`;
const additionWithCarry: Body = (d, s) => `adc ${d[0]!.x}, ${d[0]!.x}, ${s[0]!.x}`;

function both(
  setting: Setting,
  body: Body,
  chain: readonly Pattern[] = latency,
  streams: readonly Pattern[] = parallel,
): Microbenchmark {
  return { setting, latency: { body, patterns: chain }, throughput: { body, patterns: streams } };
}

function throughputOf(setting: Setting, body: Body, patterns: readonly Pattern[] = parallel): Microbenchmark {
  return { setting, throughput: { body, patterns } };
}

function latencyOf(setting: Setting, body: Body, patterns: readonly Pattern[], less?: Body): Microbenchmark {
  return { setting, latency: { body, patterns, less } };
}

/** The flags of `body` go through an ADC; its latency is taken off. */
function throughFlags(body: Body): Microbenchmark {
  const collected: Body = (d, s) => `${body(d, s)}; ${additionWithCarry(d, s)}`;
  return {
    setting: numbers,
    latency: { body: collected, patterns: latency, less: additionWithCarry },
    throughput: { body, patterns: parallel },
  };
}

/** A load whose result is made an address by an addition; the load's throughput is measured with the addition. */
function throughAddition(
  setting: Setting,
  load: Body,
  chain: readonly Pattern[] = advancing,
  streams: readonly Pattern[] = everySecond,
): Microbenchmark {
  const body: Body = (d, s) => `${load(d, s)}; add ${d[0]!.x}, ${d[0]!.x}, x28`;
  return { ...both(setting, body, chain, streams), latency: { body, patterns: chain, less: addition } };
}

/** A pair of 32-bit loads whose address an addition makes of the result. */
function pairThroughAddition(setting: Setting, load: Body): Microbenchmark {
  const body: Body = (d, s) => `add ${s[0]!.x}, ${s[0]!.x}, x28; ${load(d, s)}`;
  return {
    setting,
    latency: { body, patterns: advancingByTwo, less: addition },
    throughput: { body, patterns: everySecond },
  };
}

function sweep(body: Body): Microbenchmark {
  const leader: Body = (_d, s) => `adds ${s[0]!.x}, ${s[0]!.x}, x28`;
  const inChain: Body = (d, s) => `adcs ${s[0]!.x}, ${s[0]!.x}, x28; ${body(d, s)}`;
  const less: Body = (d, s) => `adcs ${d[0]!.x}, ${d[0]!.x}, ${s[0]!.x}`;
  return { setting: numbers, latency: { body: inChain, patterns: latency, less }, sweep: { leader, body } };
}

function branches(setting: Setting, text: string, before?: string): Microbenchmark {
  return { setting, loop: { text, before } };
}

/** `operands` with the names of registers for D (destination) and S (source); d and s are their 32-bit halves. */
function form(mnemonic: string, operands: string): Body {
  return (d, s) => {
    const names: Record<string, string> = { D: d[0]!.x, S: s[0]!.x, d: d[0]!.w, s: s[0]!.w };
    return `${mnemonic} ${operands.replace(/\b[DSds]\b/g, (letter) => names[letter]!)}`;
  };
}

const integer = (mnemonic: string, operands: string) => both(numbers, form(mnemonic, operands));
const integerStream = (mnemonic: string, operands: string) => throughputOf(numbers, form(mnemonic, operands));
const flags = (mnemonic: string, operands: string) => throughFlags(form(mnemonic, operands));

const adjust: Body = (_d, s) => Array.from({ length: 8 }, () => `sub ${s[0]!.x}, ${s[0]!.x}, #2`).join('; ');

const scalarLoads: Record<string, Microbenchmark> = {
  'ldr (imm; ofs = 0)': both(pointers, form('ldr', 'D, [S]'), advancing, everySecond),
  'ldr (imm; ofs = 16)': both(pointers, form('ldr', 'D, [S, #16]'), advancing, everySecond),
  'ldr (imm; pre, ofs = 16)': latencyOf(pointers, form('ldr', 'D, [S, #16]!'), advancing),
  'ldr (imm; post, ofs = 16)': latencyOf(pointers, form('ldr', 'D, [S], #16'), advancing),
  'ldr (ptr fwd.; imm; pre, ofs = 16)': latencyOf(
    pointers,
    (d, s) => `ldr x28, [${s[0]!.x}, #16]!; ${adjust(d, s)}`,
    flat,
    adjust,
  ),
  'ldr (imm; ofs = 0; unaligned)': both(unaligned, form('ldr', 'D, [S]'), advancing, everySecond),
  'ldr (imm; ofs = 16; unaligned)': both(unaligned, form('ldr', 'D, [S, #16]'), advancing, everySecond),
  'ldr (imm; ofs = 0; cross-cache)': both(crossingLine, form('ldr', 'D, [S]'), advancing, everySecond),
  'ldr (imm; ofs = 0; cross-page)': both(crossingPage, form('ldr', 'D, [S]'), advancing, everySecond),
  'ldr (reg)': both(indexed, form('ldr', 'D, [x28, S]')),
  'ldr (reg; <<3)': both(indexed, form('ldr', 'D, [x28, S, lsl #3]')),
  'ldr (literal)': throughputOf(zeros, form('ldr', 'D, .')),
  'ldr (reg; unaligned)': both(unalignedIndexed, form('ldr', 'D, [x28, S]')),
  'ldr (reg; <<3; unaligned)': both(unalignedIndexed, form('ldr', 'D, [x28, S, lsl #3]')),
  'ldp (x; ofs = 0; 1st elem)': both(
    pointers,
    (d, s) => `ldp ${d[1]!.x}, ${d[0]!.x}, [${s[0]!.x}]`,
    advancingByTwo,
    everySecond,
  ),
  'ldp (x; ofs = 0; 2nd elem; unaligned)': both(
    unaligned,
    (d, s) => `ldp ${d[0]!.x}, ${d[1]!.x}, [${s[0]!.x}]`,
    advancingByTwo,
    everySecond,
  ),
};

/** First and second element of `ldp` and `ldpsw`, as the chain goes through them. */
const firstOf =
  (mnemonic: string, of: 'x' | 'w'): Body =>
  (d, s) =>
    `${mnemonic} ${d[1]![of]}, ${d[0]![of]}, [${s[0]!.x}]`;
const secondOf =
  (mnemonic: string, of: 'x' | 'w'): Body =>
  (d, s) =>
    `${mnemonic} ${d[0]![of]}, ${d[1]![of]}, [${s[0]!.x}]`;

const pairSetting: Setting = { ...zeros, first: 0n, seed: 0n };
const unalignedPairSetting: Setting = { ...pairSetting, align: 1 };

const scalarPairLoads: Record<string, Microbenchmark> = {
  'ldp (w; ofs = 0; 1st elem)': pairThroughAddition(pairSetting, firstOf('ldp', 'w')),
  'ldp (w; ofs = 0; 2nd elem)': pairThroughAddition(pairSetting, secondOf('ldp', 'w')),
  'ldp (w; ofs = 0; 1st elem; unaligned)': pairThroughAddition(unalignedPairSetting, firstOf('ldp', 'w')),
  'ldp (w; ofs = 0; 2nd elem; unaligned)': pairThroughAddition(unalignedPairSetting, secondOf('ldp', 'w')),
  'ldpsw (ofs = 0; 1st elem)': pairThroughAddition(pairSetting, firstOf('ldpsw', 'x')),
  'ldpsw (ofs = 0; 2nd elem; unaligned)': pairThroughAddition(unalignedPairSetting, secondOf('ldpsw', 'x')),
};

/** The rows of one narrow load: by immediate offset 0 and 16, and by register, aligned and not. */
function narrowLoads(mnemonic: string, destination: 'D' | 'd'): Record<string, Microbenchmark> {
  const rows: Record<string, Microbenchmark> = {};
  for (const suffix of ['', '; unaligned']) {
    const setting = suffix === '' ? zeros : unalignedZeros;
    const index = suffix === '' ? indexed : unalignedIndexed;
    rows[`${mnemonic} (imm; ofs = 0${suffix})`] = throughAddition(setting, form(mnemonic, `${destination}, [S]`));
    rows[`${mnemonic} (imm; ofs = 16${suffix})`] = throughAddition(setting, form(mnemonic, `${destination}, [S, #16]`));
    rows[`${mnemonic} (reg${suffix})`] = both(
      index,
      form(mnemonic, `${destination}, [S, x28]`),
      advancing,
      everySecond,
    );
  }
  return rows;
}

function unscaledLoads(mnemonic: string, destination: 'D' | 'd'): Record<string, Microbenchmark> {
  const rows: Record<string, Microbenchmark> = {};
  for (const offset of [0, 16]) {
    for (const suffix of ['', '; unaligned']) {
      const setting = suffix === '' ? zeros : unalignedZeros;
      const body = form(mnemonic, `${destination}, [S, #${offset}]`);
      rows[`${mnemonic} (ofs = ${offset}${suffix})`] = throughAddition(setting, body, latency, parallel);
    }
  }
  return rows;
}

const loads: Record<string, Microbenchmark> = {
  ...scalarLoads,
  ...scalarPairLoads,
  ...narrowLoads('ldrb', 'd'),
  ...narrowLoads('ldrsb', 'd'),
  ...narrowLoads('ldrh', 'd'),
  ...narrowLoads('ldrsh', 'd'),
  ...narrowLoads('ldrsw', 'D'),
  'ldur (ofs = 0)': both(pointers, form('ldur', 'D, [S]')),
  'ldur (ofs = 16)': both(pointers, form('ldur', 'D, [S, #16]')),
  'ldur (ofs = 16; unaligned)': both(unaligned, form('ldur', 'D, [S, #16]')),
  ...unscaledLoads('ldurb', 'd'),
  ...unscaledLoads('ldurh', 'd'),
  ...unscaledLoads('ldursb', 'd'),
  ...unscaledLoads('ldursh', 'd'),
  ...unscaledLoads('ldursw', 'D'),
};

const storePre =
  (offset: number): Body =>
  (_d, s) =>
    offset === 0
      ? `str ${s[1]!.x}, [${s[0]!.x}, #0]!`
      : `str ${s[1]!.x}, [${s[0]!.x}, #${offset}]!; sub ${s[0]!.x}, ${s[0]!.x}, #${offset}`;
const storePost: Body = (_d, s) => `str ${s[1]!.x}, [${s[0]!.x}], #0`;

const scalarStores: Record<string, Microbenchmark> = {
  'str (imm; ofs = 0)': throughputOf(stores, form('str', 'S, [S]')),
  'str (imm; ofs = 16)': throughputOf(stores, form('str', 'S, [S, #16]')),
  'str (imm; pre, ofs = 16)': throughputOf(stores, storePre(16), everySecond),
  'str (imm; ofs = 0; unaligned)': throughputOf(unalignedStores, form('str', 'S, [S]')),
  'str (imm; pre, ofs = 16; unaligned)': throughputOf(unalignedStores, storePre(16), everySecond),
  'str (imm; post, ofs = 0; unaligned)': throughputOf(unalignedStores, storePost, everySecond),
  'str (imm; pre, ofs = 0; cross-cache)': throughputOf(storesAcrossLine, storePre(0), everySecond),
  'str (imm; post, ofs = 0; cross-cache)': throughputOf(storesAcrossLine, storePost, everySecond),
  'str (imm; ofs = 0; cross-page)': throughputOf(storesAcrossPage, form('str', 'S, [S]')),
  'str (imm; pre, ofs = 0; cross-page)': throughputOf(storesAcrossPage, storePre(0), everySecond),
  'str (imm; post, ofs = 0; cross-page)': throughputOf(storesAcrossPage, storePost, everySecond),
  'str (reg)': throughputOf(stores, form('str', 'S, [S, x28]')),
  'str (reg; <<3)': throughputOf(stores, form('str', 'S, [S, x28, lsl #3]')),
  'sturb (imm; ofs = 0)': throughputOf(stores, form('sturb', 's, [S]')),
};

const pairStoreToLoad = (
  store: readonly [number, number],
  load: readonly [number, number],
  offset: number,
): Microbenchmark =>
  both(
    pointers,
    (d) => `stp ${d[store[0]]!.x}, ${d[store[1]]!.x}, [x28]; ldp ${d[load[0]]!.x}, ${d[load[1]]!.x}, [x28, #${offset}]`,
    flat,
    everySecond,
  );

const storesToLoads: Record<string, Microbenchmark> = {
  'stur -> ldr (ofs = 1 -> ofs = 1)': both(pointers, (d, s) => `stur ${s[0]!.x}, [x28, #1]; ldr ${d[0]!.x}, [x28]`),
  'stur -> ldur (ofs = 1 -> ofs = 1)': both(
    pointers,
    (d, s) => `stur ${s[0]!.x}, [x28, #1]; ldur ${d[0]!.x}, [x28, #1]`,
  ),
  'stur -> ldur (cross-cache -> aligned)': both(
    pointers,
    (d, s) => `stur ${s[0]!.x}, [x28, #63]; ldur ${d[0]!.x}, [x28, #64]`,
  ),
  'stp -> ldp (ofs = 0 -> ofs = 0; swap)': pairStoreToLoad([0, 1], [1, 0], 0),
  'stp -> ldp (ofs = 0 -> ofs = 8)': pairStoreToLoad([1, 0], [1, 0], 8),
};

const unconditional: Setting = { seed: 0n, first: 0n, constant: 1n };
/** x27 is no register of the file here; every row that depends on it was measured with one that is not 0, bit 1 clear. */
const conditional: Setting = { seed: 0n, first: 0n, constant: 2n ** 64n - 1n };

const chainedAdd = (count: number) => Array.from({ length: count }, () => 'add x0, x0, x1').join('; ');
const called = (count: number, call: string) =>
  branches(
    unconditional,
    call,
    `adr x0, called; b 1f; .balign 128; called: ${Array.from({ length: count }, () => 'add x1, x1, x28; ').join('')}ret; .balign 128; 1:`,
  );

const branchRows: Record<string, Microbenchmark> = {
  'b (pc+4) // add (chain)': branches(unconditional, 'add x0, x0, x1; b .+4'),
  'adr -> br (pc+4) // add (chain)': branches(unconditional, 'adr x0, .+12; add x1, x1, x2; br x0'),
  'adr -> br (pc+4) // add x 2 (chain)': branches(unconditional, 'add x1, x1, x2; adr x0, .+12; add x1, x1, x2; br x0'),
  'bl-ret': called(0, 'bl called'),
  'bl-ret // add (chain)': called(1, 'bl called'),
  'bl-ret // add x 3 (chain)': called(3, 'bl called'),
  'blr-ret': called(0, 'blr x0'),
  'blr-ret // add (chain)': called(1, 'blr x0'),
  'blr-ret // add x 3 (chain)': called(3, 'blr x0'),
  'cbz (pc+4; taken)': branches(conditional, 'cbz x27, .+4'),
  'cbz (pc+4; taken) // add (chain)': branches(conditional, `cbz x27, .+4; ${chainedAdd(1)}`),
  'cbz (pc+4; taken) // add x 2 (chain)': branches(conditional, `cbz x27, .+4; ${chainedAdd(2)}`),
  'cbz (pc+4; taken) // b (pc+4)': branches(conditional, 'cbz x27, .+4; b .+4'),
  'cbz (pc+4; not taken) // add (chain)': branches(conditional, `cbz x28, .+4; ${chainedAdd(1)}`),
  'cbz (pc+4; not taken) // add x 2 (chain)': branches(conditional, `cbz x28, .+4; ${chainedAdd(2)}`),
  'cbnz (pc+4; taken)': branches(conditional, 'cbnz x28, .+4'),
  'cbnz (pc+4; not taken)': branches(conditional, 'cbnz x27, .+4'),
  'tbz (pc+4; not taken)': branches(conditional, 'tbz x28, #1, .+4'),
  'tbnz (pc+4; not taken)': branches(conditional, 'tbnz x27, #1, .+4'),
  'adds -> b.eq (pc+4; taken)': branches(conditional, 'adds x0, x0, x1; b.eq .+4'),
  'adds -> b.eq (pc+4; not taken)': branches(conditional, 'adds x28, x28, x1; b.eq .+4'),
};

const moves: Record<string, Microbenchmark> = {
  nop: throughputOf(numbers, () => 'nop'),
  'mov (x -> x; chain)': throughputOf(numbers, form('mov', 'D, S'), latency),
  'mov (v.b -> v.b)': both(numbers, (d, s) => `mov ${d[0]!.v}.16b, ${s[0]!.v}.16b`),
  'mov (v.b -> v.b; chain)': throughputOf(numbers, (d, s) => `mov ${d[0]!.v}.16b, ${s[0]!.v}.16b`, latency),
  'mov / movz (imm; 0x00)': integerStream('mov', 'D, #0'),
  'mov / movz (imm; 0x1ffc)': integerStream('mov', 'D, #0x1ffc'),
  'mov / movz (imm; 0x1ffc<<16)': integerStream('mov', 'D, #0x1ffc0000'),
  'mov (mask imm; 0x1ffffffffffc)': integerStream('mov', 'D, #0x1ffffffffffc'),
  'mov / movn (imm; 0x1ffc)': integerStream('movn', 'D, #0x1ffc'),
  'mov / movn (imm; 0x1ffc<<16)': integerStream('movn', 'D, #0x1ffc, lsl #16'),
  'movk (0x00)': integerStream('movk', 'D, #0x1ffc'),
  'movk (0x1ffc)': integerStream('movk', 'D, #0x1ffc'),
  'eor (reg; clearing idiom)': integer('eor', 'D, S, S'),
};

const additions: Record<string, Microbenchmark> = {
  'add (reg)': integer('add', 'D, D, S'),
  'add (reg<<17)': integer('add', 'D, D, S, lsl #17'),
  'add (reg>>17)': integer('add', 'D, D, S, lsr #17'),
  'add (reg>>17; signed)': integer('add', 'D, D, S, asr #17'),
  'adds (reg)': flags('adds', 'D, D, S'),
  'adds (reg<<2)': flags('adds', 'D, D, S, lsl #2'),
  'adds (reg<<17)': flags('adds', 'D, D, S, lsl #17'),
  'adds (imm)': flags('adds', 'D, S, #1'),
  'adds (imm<<12)': flags('adds', 'D, S, #1, lsl #12'),
  adc: integer('adc', 'D, D, S'),
  adcs: sweep(form('adcs', 'S, S, x28')),
  'sub (reg)': integer('sub', 'D, D, S'),
  'sub (imm<<12)': integer('sub', 'D, S, #1, lsl #12'),
  'subs (reg)': flags('subs', 'D, D, S'),
  'subs (reg<<2)': flags('subs', 'D, D, S, lsl #2'),
  'subs (imm)': flags('subs', 'D, S, #1'),
  'subs (imm<<12)': flags('subs', 'D, S, #1, lsl #12'),
  sbc: integer('sbc', 'D, D, S'),
  sbcs: sweep(form('sbcs', 'S, S, x28')),
  sub: integerStream('sub', 'D, D, S'),
  adr: integerStream('adr', 'D, .'),
  adrp: integerStream('adrp', 'D, .'),
  'neg (reg)': integer('neg', 'D, S'),
  'neg (reg<<2)': integer('neg', 'D, S, lsl #2'),
  'negs (reg)': flags('negs', 'D, S'),
  'negs (reg<<2)': flags('negs', 'D, S, lsl #2'),
  ngcs: sweep(form('ngcs', 'S, S')),
};

const multiplications: Record<string, Microbenchmark> = {
  mul: integer('mul', 'D, D, S'),
  mneg: integer('mneg', 'D, D, S'),
  madd: integer('madd', 'D, S, S, D'),
  msub: integer('msub', 'D, S, S, D'),
  smull: integer('smull', 'D, d, s'),
  smaddl: integer('smaddl', 'D, s, s, D'),
  smsubl: integer('smsubl', 'D, s, s, D'),
  smulh: integer('smulh', 'D, D, S'),
  umull: integer('umull', 'D, d, s'),
  umnegl: integer('umnegl', 'D, d, s'),
  umaddl: integer('umaddl', 'D, s, s, D'),
  umulh: integer('umulh', 'D, D, S'),
};

const shifts: Record<string, Microbenchmark> = {
  'lsl (reg) / lslv': integer('lsl', 'D, D, S'),
  'lsl (imm)': integer('lsl', 'D, S, #17'),
  'lsr (imm)': integer('lsl', 'D, S, #17'),
  'asr (reg) / asrv': integer('asr', 'D, D, S'),
  'ror (imm)': integer('ror', 'D, S, #17'),
  'ror (reg) / rorv': integer('ror', 'D, D, S'),
  'extr (imm; >>1)': integer('extr', 'D, D, S, #1'),
  'extr (imm; >>17)': integer('extr', 'D, D, S, #17'),
  bfc: integer('bfc', 'S, #17, #2'),
  bfxil: integer('bfxil', 'D, S, #17, #2'),
  sbfx: integer('sbfx', 'D, S, #2, #17'),
  sbfiz: integer('sbfiz', 'D, S, #2, #17'),
  ubfm: integer('ubfm', 'D, S, #17, #2'),
  ubfiz: integer('ubfiz', 'D, S, #2, #17'),
  'bic (reg<<2)': integer('bic', 'D, D, S, lsl #2'),
  'bics (reg<<2)': flags('bics', 'D, D, S, lsl #2'),
  'rev (rev16)': integer('rev16', 'D, S'),
  'rev (rev64)': integer('rev', 'D, S'),
  cls: integer('cls', 'D, S'),
};

const logic: Record<string, Microbenchmark> = {
  'and (reg)': integer('and', 'D, D, S'),
  'and (reg>>17; signed)': integer('and', 'D, D, S, asr #17'),
  'and (mask imm)': integer('and', 'D, S, #0x1ffc'),
  'ands (reg)': flags('ands', 'D, D, S'),
  'ands (reg<<2)': flags('ands', 'D, D, S, lsl #2'),
  'ands (reg<<17)': flags('ands', 'D, D, S, lsl #17'),
  'ands (reg>>17)': flags('ands', 'D, D, S, lsr #17'),
  'ands (reg>>17; rotate)': flags('ands', 'D, D, S, ror #17'),
  'ands (mask imm)': flags('ands', 'D, S, #0x1ffc'),
  'orr (reg)': integer('orr', 'D, x28, S'),
  'orr (reg<<2)': integer('orr', 'D, D, S, lsl #2'),
  'orr (mask imm)': integer('orr', 'D, S, #0x1ffc'),
  'orn (reg)': integer('orn', 'D, D, S'),
  'eor (reg)': both(numbers, form('eor', 'D, D, S'), advancing),
  'eor (reg<<2)': integer('eor', 'D, D, S, lsl #2'),
  'eon (reg)': integer('eon', 'D, D, S'),
  'eon (reg<<2)': integer('eon', 'D, D, S, lsl #2'),
  'mvn (reg)': integer('mvn', 'D, S'),
  'mvn (reg<<2)': integer('mvn', 'D, S, lsl #2'),
};

const conditionals: Record<string, Microbenchmark> = {
  'csinc (eq)': integer('csinc', 'D, D, S, eq'),
  'csinc (lt)': integer('csinc', 'D, D, S, lt'),
  'cinc (lt)': integer('cinc', 'D, S, lt'),
  'csetm (eq)': integerStream('csetm', 'S, eq'),
  'csetm (lt)': integerStream('csetm', 'S, lt'),
  'cinv (eq)': integer('cinv', 'D, S, eq'),
  'csneg (eq)': integer('csneg', 'D, D, S, eq'),
  'csneg (lt)': integer('csneg', 'D, D, S, lt'),
  'cneg (eq)': integer('cneg', 'D, S, eq'),
  'cneg (lt)': integer('cneg', 'D, S, lt'),
};

/** As `form`, of vector registers D and D1 (the next one) and an address in S. */
function q(mnemonic: string, operands: string): Body {
  return (d, s) => {
    const names: Record<string, string> = { D: d[0]!.q, D1: d[1]!.q, S: s[0]!.x };
    return `${mnemonic} ${operands.replace(/\b(D1?|S)\b/g, (letter) => names[letter]!)}`;
  };
}

/** Their latencies were measured through an ADD (vector), which the instruction table does not have. */
const vectorLoads: Record<string, Microbenchmark> = {
  'ldr.q (imm; ofs = 16)': throughputOf(zeros, q('ldr', 'D, [S, #16]')),
  'ldur.q (imm; ofs = 16)': throughputOf(zeros, q('ldur', 'D, [S, #16]')),
  'ldur.q (imm; ofs = 0; unaligned)': throughputOf(unalignedZeros, q('ldur', 'D, [S]')),
  'ldur.q (imm; ofs = 16; unaligned)': throughputOf(unalignedZeros, q('ldur', 'D, [S, #16]')),
  'ldp.q (ofs = 0; 1st elem)': throughputOf(zeros, q('ldp', 'D1, D, [S]'), everySecond),
  'ldp.q (ofs = 0; 2nd elem)': throughputOf(zeros, q('ldp', 'D, D1, [S]'), everySecond),
  'ldp.q (ofs = 0; unaligned)': throughputOf(unalignedZeros, q('ldp', 'D, D1, [S]'), everySecond),
};

const vectorPre = q('str', 'D, [S, #16]!; sub S, S, #16');

/** The "unaligned" rows were measured at aligned addresses. */
const vectorStores: Record<string, Microbenchmark> = {
  'str.q (imm; ofs = 0)': throughputOf(pointers, q('str', 'D, [S]')),
  'str.q (imm; pre, ofs = 16)': throughputOf(pointers, vectorPre),
  'str.q (imm; post, ofs = 0)': throughputOf(pointers, q('str', 'D, [S], #0')),
  'str.q (imm; post, ofs = 16)': throughputOf(pointers, q('str', 'D, [S], #16; sub S, S, #16')),
  'str.q (imm; ofs = 16; unaligned)': throughputOf(pointers, q('str', 'D, [S, #16]')),
  'str.q (imm; pre, ofs = 0; unaligned)': throughputOf(pointers, q('str', 'D, [S, #0]!')),
  'str.q (imm; pre, ofs = 16; unaligned)': throughputOf(pointers, vectorPre),
  'stur.q (imm; ofs = 0)': throughputOf(pointers, q('stur', 'D, [S]')),
  'stp.q (ofs = 0)': throughputOf(pointers, q('stp', 'D1, D, [S]')),
};

const vectorStoresToLoads: Record<string, Microbenchmark> = {
  'str.q -> ldr.q (ofs = 0 -> ofs = 0)': both(pointers, (_d, s) => `str ${s[0]!.q}, [x28]; ldr ${s[0]!.q}, [x28]`),
  'str.q -> ldr.q (ofs = 1 -> ofs = 0)': both(pointers, (_d, s) => `stur ${s[0]!.q}, [x28, #1]; ldr ${s[0]!.q}, [x28]`),
  'stp.s -> ldr.q (ofs = 0)': both(pointers, (_d, s) => `stp ${s[0]!.s}, ${s[1]!.s}, [x28]; ldr ${s[0]!.q}, [x28]`),
  'stp.d -> ldr.q (ofs = 0)': both(pointers, (_d, s) => `stp ${s[0]!.d}, ${s[1]!.d}, [x28]; ldr ${s[0]!.q}, [x28]`),
  'stp.q -> ldr.q (ofs = 16 -> 2nd reg)': both(
    pointers,
    (_d, s) => `stp ${s[0]!.q}, ${s[1]!.q}, [x28]; ldr ${s[1]!.q}, [x28, #16]`,
  ),
  'stp.q -> ldr.q (false dep. ofs = 0  -> 2nd reg)': both(
    pointers,
    (_d, s) => `stp ${s[0]!.q}, ${s[1]!.q}, [x28]; ldr ${s[1]!.q}, [x28]`,
  ),
  'stp.q -> ldr.q (false dep. ofs = 16 -> 1st reg)': both(
    pointers,
    (_d, s) => `stp ${s[0]!.q}, ${s[1]!.q}, [x28]; ldr ${s[1]!.q}, [x28]`,
  ),
};

/** By section and first column of the measured table. */
export const microbenchmarks: Readonly<Record<string, Readonly<Record<string, Microbenchmark>>>> = {
  'Scalar load': loads,
  'Scalar store (throughput)': scalarStores,
  'Scalar store-to-load': storesToLoads,
  Branch: branchRows,
  'Scalar nop and move': moves,
  'Scalar integer add, sub, and neg': additions,
  'Scalar integer multiply and multiply-accumulate': multiplications,
  'Scalar integer divide': { udiv: integer('udiv', 'D, S, x28') },
  'Scalar integer sign extend': {
    sxtb: integer('sxtb', 'D, s'),
    sxth: integer('sxth', 'D, s'),
    sxtw: integer('sxtw', 'D, s'),
    uxth: integer('uxth', 'd, s'),
  },
  'Scalar shift and bit manipulation': shifts,
  'Scalar bitwise logic': logic,
  'Scalar conditional arithmetic': conditionals,
  'Vector load': vectorLoads,
  'Vector store (throughput)': vectorStores,
  'Vector store-to-load': vectorStoresToLoads,
};
