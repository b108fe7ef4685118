/**
 * A machine at EL2 with the MMU on, RAM mapped to itself as Normal memory and a page of a device, and assembled code in
 * it: for the tests of recording, timing and formats.
 */
import type { ElfSymbol } from '../../asm/elf/object-file.ts';
import { assembleText } from '../../asm/gas/assemble.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile, wholeFile } from '../../asm/source/source-file.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { PC, SP_EL2 } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { MAIR, PageTables, tcrEl2 } from '../../sim/memory/page-tables.ts';
import type { Annotations } from '../../sim/recording/annotations.ts';

export const RAM = 0x4000_0000n;
const RAM_SIZE = 4 << 20;
export const CODE = RAM + 0x1_0000n;
export const DATA = RAM + 0x10_0000n;
export const STACK_TOP = RAM + 0x20_0000n;
const TABLES = RAM + 0x30_0000n;
/** A page of Device memory, for a test to put a device there. */
export const DEVICE = 0x0900_0000n;

/** MMU and caches on. */
const SCTLR_M_C_I = 0x1005n;

/** The machine-code words of `source`, and its symbols' offsets from its start, in order. */
export function assembleWords(source: string): { words: Uint32Array; symbols: { name: string; offset: number }[] } {
  const diagnostics = new Diagnostics();
  const text = wholeFile(new SourceFile('test.s', source));
  const object = assembleText(text, { file: 'test.s', diagnostics, files: new MemoryFiles(), march: 'armv8.2-a' });
  const code = object.sections.find((section) => section.name === '.text')!;
  const isName = (symbol: ElfSymbol) => symbol.section === code && symbol.name !== '' && !symbol.name.startsWith('$');
  const symbols = object.symbols.filter(isName).map(({ name, value }) => ({ name, offset: Number(value) }));
  symbols.sort((a, b) => a.offset - b.offset);
  return { words: new Uint32Array(code.data.slice().buffer), symbols };
}

/** A machine at EL2h whose PC is at CODE, with nothing there yet. */
export function machineAtEl2(): Machine {
  const machine = new Machine({ model: cpuModel('cortex-a53'), ram: { base: RAM, size: RAM_SIZE } });
  const { cpu, physical } = machine;
  let free = TABLES;
  const allocate = (size: number) => {
    const at = (free + BigInt(size) - 1n) & -BigInt(size);
    free = at + BigInt(size);
    return at;
  };
  const tables = new PageTables(physical, allocate, { kind: 'el2', inputBits: 39 });
  tables.map(RAM, RAM, BigInt(RAM_SIZE));
  tables.map(DEVICE, DEVICE, 0x1000n, { memory: 'device' });
  const registers = {
    mair_el2: MAIR,
    tcr_el2: tcrEl2(39, 40),
    ttbr0_el2: tables.root,
    sctlr_el2: cpu.cells[cpu.cell('sctlr_el2')]! | SCTLR_M_C_I,
    // No traps of FP and SIMD; EL1 is AArch64.
    cptr_el2: 0x33ffn,
    hcr_el2: 1n << 31n,
  };
  for (const [name, value] of Object.entries(registers)) cpu.cells[cpu.cell(name)] = value;
  cpu.cells[PC] = CODE;
  cpu.cells[SP_EL2] = STACK_TOP;
  cpu.refresh();
  return machine;
}

/** Makes tables of 4 KB pages the machine's own, in place of those with which it began. */
export function smallTables(machine: Machine): PageTables {
  let free = RAM + 0x38_0000n;
  const allocate = (size: number) => {
    free += BigInt(size);
    return free - BigInt(size);
  };
  const tables = new PageTables(machine.physical, allocate, { kind: 'el2', inputBits: 39 });
  tables.map(RAM, RAM, BigInt(RAM_SIZE), {}, true);
  machine.cpu.cells[machine.cpu.cell('ttbr0_el2')] = tables.root;
  return tables;
}

/** Puts `words` at CODE; what was decoded there before is dropped. */
export function loadWords(machine: Machine, words: Uint32Array): void {
  for (const [index, word] of words.entries()) machine.memory.poke(CODE + 4n * BigInt(index), 4, BigInt(word));
}

/** Names what lies from each of the `symbols`, offsets from CODE in order, to the next one, or to `end`. */
export function annotationsOf(symbols: readonly { name: string; offset: number }[], end: bigint): Annotations {
  const symbolAt = (pa: bigint) => {
    const n = pa >= CODE && pa < end ? symbols.findLastIndex(({ offset }) => BigInt(offset) <= pa - CODE) : -1;
    if (n < 0) return undefined;
    const { name, offset } = symbols[n]!;
    return { name, offset: Number(pa - CODE) - offset, size: (symbols[n + 1]?.offset ?? Number(end - CODE)) - offset };
  };
  return { symbolAt, lineAt: () => undefined, fieldAt: () => undefined };
}

/** As machineAtEl2, with the program `source` at CODE; the annotations know its symbols. */
export function machineWith(source: string): { machine: Machine; annotations: Annotations; end: bigint } {
  const machine = machineAtEl2();
  const { words, symbols } = assembleWords(source);
  loadWords(machine, words);
  const end = CODE + BigInt(words.byteLength);
  const annotations = annotationsOf(symbols, end);
  return { machine, annotations, end };
}
