/** What a translation has to do: leave what as many single steps leave, after any number of steps. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Encoding, encodings } from '../../asm/a64/encoding.ts';
import { disassemble } from '../../asm/a64/print.ts';
import { DAIF, IRQ, PC, SP_EL0, SP_EL2, SPSEL, X0 } from '../../sim/core/registers.ts';
import type { Machine } from '../../sim/exec/machine.ts';
import { rules } from '../../sim/exec/translation/region.ts';
import { MAIR, PageTables, tcrEl2 } from '../../sim/memory/page-tables.ts';
import { Random } from '../oracle/memory-tables.ts';
import { word } from './processor.ts';
import {
  CODE,
  fillRegisters,
  put,
  RAM,
  randomBranch,
  randomWord,
  ThreeWays,
  translatable,
} from './translation-programs.ts';

const SEED = 4711;

const translation = suite('translation');

/** Runs `words` from random registers on, `counts` steps each, and compares. Returns how many steps were translated. */
function compare(machines: ThreeWays, words: readonly number[], random: Random, counts: readonly number[]): number {
  const seed = random.bits();
  machines.each((machine) => {
    put(machine, words);
    fillRegisters(machine, new Random(seed), words.length);
  });
  const before = machines.translated.translatedSteps;
  for (const count of counts) {
    const difference = machines.differenceAfter(count);
    assert.is(
      difference,
      undefined,
      `${difference} (seed ${SEED}):\n${words.map((each) => disassemble(each)).join('\n')}`,
    );
  }
  return machines.translated.translatedSteps - before;
}

/** A program of `length` words, every third of them by `encoding`, that begins anew at its end. */
function programOf(random: Random, length: number, data: readonly Encoding[], branches: readonly Encoding[]): number[] {
  const words = Array.from({ length }, (_, index) =>
    random.chance(branches.length === 0 ? 0 : 25)
      ? randomBranch(random, random.pick(branches), index, length)
      : randomWord(random, random.pick(data)),
  );
  return [...words, word(`b .-${4 * length}`)];
}

translation('each rule does what its instruction does', () => {
  const random = new Random(SEED);
  for (const encoding of translatable(false)) {
    const machines = new ThreeWays();
    let translated = 0;
    for (let round = 0; round < 5; round++) {
      translated += compare(machines, programOf(random, 15, [encoding], []), random, [16, 7, 40, 33]);
    }
    assert.ok(translated >= 5 * 60, `${encoding.name}: ${translated} steps translated`);
  }
});

translation('each kind of branch goes where it goes untranslated', () => {
  const random = new Random(SEED);
  for (const encoding of translatable(true)) {
    const machines = new ThreeWays();
    let translated = 0;
    for (let round = 0; round < 8; round++) {
      const words = programOf(random, 5 + random.below(20), translatable(false), [encoding]);
      translated += compare(machines, words, random, [30, 1 + random.below(9), 60, 100]);
    }
    assert.ok(translated >= 8 * 20, `${encoding.name}: ${translated} steps translated`);
  }
});

translation('programs are left after any number of steps where single steps leave them', () => {
  const random = new Random(SEED);
  const [data, branches] = [translatable(false), translatable(true)];
  let translated = 0;
  for (let part = 0; part < 6; part++) {
    const machines = new ThreeWays();
    for (let program = 0; program < 15; program++) {
      const counts = Array.from({ length: 8 }, () => 1 + random.below(random.pick([4, 40, 400])));
      translated += compare(machines, programOf(random, 4 + random.below(90), data, branches), random, counts);
    }
  }
  assert.ok(translated > 20_000, `${translated} steps translated`);
});

translation('every rule is of an encoding in the instruction table', () => {
  const names = new Set(encodings.map(({ name }) => name));
  const unknown = [...rules.keys()].filter((name) => !names.has(name));
  assert.equal(unknown, []);
});

/** A round of fifteen steps, every 64th of sixteen: twelve count in X1, the others count rounds in X2. */
const COUNTING = [
  ...Array.from({ length: 12 }, () => 'add x1, x1, #1'),
  ...['add x2, x2, #1', 'tst x2, #0x3f', 'b.ne .-56', 'b .-60'],
].map(word);

translation('code that is written runs as it was written last', () => {
  const other = word('add x1, x1, #3');
  const machines = new ThreeWays((machine) => {
    const { cells } = machine.cpu;
    put(machine, [...COUNTING.slice(0, -1), ...['str w3, [x4]', 'eor w3, w3, w5', 'b .-68'].map(word)]);
    cells[X0 + 3] = BigInt(other);
    cells[X0 + 4] = CODE + 8n;
    cells[X0 + 5] = BigInt(other ^ word('add x1, x1, #1'));
  });
  for (const count of [2000, 2000, 99, 2000]) assert.is(machines.differenceAfter(count), undefined);
  assert.ok(machines.translated.translatedSteps > 5000);
});

translation('an interrupt of the timer comes in the middle of a hot loop', () => {
  const TICK = 16;
  for (const phase of [0, 5]) {
    const machines = new ThreeWays((machine) => {
      const { cpu } = machine;
      const registers = { cntp_cval_el0: 50n, cntp_ctl_el0: 1n, hcr_el2: 1n << 4n, vbar_el2: CODE + 0x800n };
      for (const [name, value] of Object.entries(registers)) cpu.cells[cpu.cell(name)] = value;
      cpu.cells[DAIF] = 0n;
      cpu.clock.cycles = phase;
      machine.timer.connect('cntp', (asserted) => cpu.setLine(IRQ, asserted));
      put(machine, COUNTING);
      put(machine, [word('b .+0')], CODE + 0xa80n);
    });
    assert.is(machines.differenceAfter(50 * TICK - phase), undefined);
    assert.ok(machines.translated.translatedSteps > 700);
    assert.is(machines.differenceAfter(1), undefined);
    assert.is(machines.translated.cpu.pc, CODE + 0xa80n, 'the vector of IRQ');
    assert.is(machines.differenceAfter(40), undefined);
  }
});

translation('a loop across the end of a page, and of 4 GB, goes on on the next', () => {
  const start = 0x1_0000_0000n - 28n;
  const machines = new ThreeWays((machine) => {
    put(machine, COUNTING, start);
    machine.cpu.cells[PC] = start;
  }, 0xffff_0000n);
  for (const count of [3, 200, 5, 1]) assert.is(machines.differenceAfter(count), undefined);
  assert.ok(machines.translated.translatedSteps > 150);
});

translation('code at two addresses finds itself at that where it runs', () => {
  const ALIAS = 0x70_0000_3000n;
  const lines = ['adr x1, .+64', 'adrp x2, .+4096', 'add x3, x3, x1', 'bl .+8', 'nop', 'add x4, x4, x30', 'b .-24'];
  const machines = new ThreeWays((machine) => {
    const { cpu, physical } = machine;
    let free = RAM + 0x8_0000n;
    const allocate = (size: number) => {
      free += BigInt(size);
      return free - BigInt(size);
    };
    const tables = new PageTables(physical, allocate, { kind: 'el2', inputBits: 39 });
    tables.map(RAM, RAM, BigInt(physical.size));
    tables.map(ALIAS, CODE, 0x1000n);
    const registers = { mair_el2: MAIR, tcr_el2: tcrEl2(39, 40), ttbr0_el2: tables.root, sctlr_el2: 0x30c5_1835n };
    for (const [name, value] of Object.entries(registers)) cpu.cells[cpu.cell(name)] = value;
    put(machine, lines.map(word));
  });
  for (const address of [CODE, ALIAS, CODE]) {
    machines.each(({ cpu }) => {
      cpu.cells[PC] = address;
    });
    for (const count of [100, 3]) assert.is(machines.differenceAfter(count), undefined);
  }
  assert.ok(machines.translated.translatedSteps > 250);
});

translation('the stack pointer is the one in use', () => {
  const lines = ['add sp, sp, #16', 'add x1, sp, x2, uxtx #1', 'cmp sp, #64', 'and sp, x1, #0xfff0', 'b .-16'];
  const machines = new ThreeWays((machine) => {
    put(machine, lines.map(word));
    machine.cpu.cells[SP_EL0] = 0x1000n;
    machine.cpu.cells[SP_EL2] = 0x2000n;
  });
  for (const spsel of [1n, 0n, 1n]) {
    machines.each(({ cpu }) => {
      cpu.cells[SPSEL] = spsel;
    });
    assert.is(machines.differenceAfter(64), undefined);
  }
  assert.ok(machines.translated.translatedSteps > 100);
});

translation('a branch to a tagged address loses the tag where TCR_EL2.TBI says so', () => {
  for (const [tcr, tag] of [
    [0x8082_3519n, 0x5an],
    [0x8092_3519n, 0x5an],
    [0x8092_3519n, 1n],
  ] as const) {
    const machines = new ThreeWays((machine) => {
      const { cpu } = machine;
      cpu.cells[cpu.cell('tcr_el2')] = tcr;
      cpu.cells[cpu.cell('vbar_el2')] = CODE + 0x800n;
      put(machine, ['add x1, x1, #1', 'add x2, x2, x1', 'nop', 'br x3'].map(word));
      cpu.cells[X0 + 3] = CODE | (tag << 56n);
    });
    for (const count of [4, 1, 30]) assert.is(machines.differenceAfter(count), undefined);
  }
});

/** A machine that translates all it can, with COUNTING at CODE. */
function counting(): Machine {
  const { translated } = new ThreeWays((machine) => put(machine, COUNTING));
  return translated;
}

translation('nothing is translated while steps are watched', () => {
  const observed = counting();
  observed.run(1000, () => false);
  const journalled = counting();
  journalled.cpu.journal = { cell: () => {}, memory: () => {}, exception: () => {} };
  journalled.run(1000);
  assert.equal([observed.translatedSteps, journalled.translatedSteps], [0, 0]);
});

/** The host's WebAssembly, as a test replaces it. */
const host = globalThis as {
  WebAssembly?: { Memory: unknown; Instance: unknown; Module: new (bytes: Uint8Array) => object };
};

/** Calls `body` while the host's WebAssembly is `replacement`. */
function withWebAssembly(replacement: typeof host.WebAssembly, body: () => void): void {
  const { WebAssembly } = host;
  host.WebAssembly = replacement;
  try {
    body();
  } finally {
    host.WebAssembly = WebAssembly;
  }
}

translation('a host without WebAssembly, or that refuses to compile, interprets', () => {
  const { Memory, Instance } = host.WebAssembly!;
  const Module = class {
    constructor() {
      throw new Error('refused');
    }
  };
  for (const replacement of [undefined, { Memory, Instance, Module }]) {
    withWebAssembly(replacement, () => {
      const machine = counting();
      assert.is(machine.run(1600), 1600);
      // A hundred and six rounds, one of them with a step more, and nine steps.
      assert.equal([machine.cpu.cells[X0 + 1], machine.translatedSteps], [106n * 12n + 9n, 0]);
    });
  }
});

translation('a module is never larger than browsers compile at once', () => {
  const sizes: number[] = [];
  const { Memory, Instance, Module } = host.WebAssembly!;
  const Measured = class extends Module {
    constructor(bytes: Uint8Array) {
      super(bytes);
      sizes.push(bytes.length);
    }
  };
  withWebAssembly({ Memory, Instance, Module: Measured }, () => {
    const machines = new ThreeWays((machine) => {
      put(machine, [
        ...Array.from({ length: 200 }, (_, n) => word(`adcs x${n % 28}, x${(n + 3) % 28}, x5`)),
        word('b .-800'),
      ]);
      fillRegisters(machine, new Random(SEED), 1);
    });
    assert.is(machines.differenceAfter(603), undefined);
    assert.ok(machines.translated.translatedSteps > 50);
  });
  assert.ok(sizes.length > 0 && Math.max(...sizes) <= 4096, `${sizes} bytes`);
});

translation.run();
