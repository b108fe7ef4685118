/** A machine in a loop of twelve integer instructions, at EL2 with the MMU off. */
import { assemble } from '../../asm/a64/assemble.ts';
import { cpuModel } from '../../sim/core/models.ts';
import { PC } from '../../sim/core/registers.ts';
import { Machine } from '../../sim/exec/machine.ts';

const RAM = 0x40000000n;

const block = [
  ['add', 'x1, x1, #1'],
  ['eor', 'x2, x2, x1'],
  ['add', 'x3, x3, x2, lsl #3'],
  ['ror', 'x4, x3, #7'],
  ['sub', 'x5, x5, x4'],
  ['and', 'x6, x5, #0xff00ff00ff00ff'],
  ['orr', 'x7, x6, x1'],
  ['madd', 'x8, x7, x1, x8'],
  ['ubfx', 'x9, x8, #8, #16'],
  ['adds', 'x10, x10, x9'],
  ['csel', 'x11, x10, x1, cs'],
] as const;

export function benchMachine(): Machine {
  const machine = new Machine({ model: cpuModel('cortex-a53'), ram: { base: RAM, size: 1 << 20 } });
  const environment = {
    parseExpression: (text: string, offset: number) => {
      const digits = /^(0x[0-9a-f]+|\d+)/.exec(text.slice(offset))![0];
      return { value: { constant: BigInt(digits) }, end: offset + digits.length };
    },
    registerAlias: () => undefined,
    allows: () => true,
  };
  const words = block.map(([mnemonic, operands]) => assemble(mnemonic, operands, environment).word);
  // B back to the beginning: imm26 counts words.
  words.push((0x14000000 | (-block.length & 0x3ffffff)) >>> 0);
  words.forEach((word, n) => {
    machine.physical.write32(RAM + BigInt(4 * n), word);
  });
  machine.cpu.cells[PC] = RAM;
  machine.cpu.refresh();
  return machine;
}
