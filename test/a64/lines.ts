/** Assembles single lines for the tests of this folder. */
import {
  type AssembledInstruction,
  type AssemblerEnvironment,
  assemble,
  encodeFixup,
  OperandError,
} from '../../asm/a64/assemble.ts';

/** Numbers, `.` with a distance, and symbols; every feature is allowed. */
export const environment: AssemblerEnvironment = {
  parseExpression(text, offset) {
    const match = /^(-?)(0x[\da-f]+|\d+)/i.exec(text.slice(offset));
    if (match !== null) {
      const value = BigInt(match[2]!);
      return { value: { constant: match[1] === '-' ? -value : value }, end: offset + match[0].length };
    }
    const symbol = /^(\.[-+](?:0x[\da-f]+|\d+)|[a-z_.$][\w.$]*)/i.exec(text.slice(offset));
    if (symbol === null) throw new OperandError('bad expression', offset);
    return { value: { symbolic: symbol[0] }, end: offset + symbol[0].length };
  },
  registerAlias: (name) => ({ vcpu: 'x0', tmp: 'v3' })[name],
  allows: () => true,
};

/** The instruction of `line`; a distance from `.` is put in. */
export function assembleLine(line: string, on: AssemblerEnvironment = environment): AssembledInstruction {
  const space = line.indexOf(' ');
  const mnemonic = space < 0 ? line : line.slice(0, space);
  const instruction = assemble(mnemonic, space < 0 ? '' : line.slice(space + 1), on);
  const { fixup } = instruction;
  if (typeof fixup?.symbolic !== 'string' || !/^\.[-+]/.test(fixup.symbolic)) return instruction;
  const distance = BigInt(fixup.symbolic.slice(2)) * (fixup.symbolic[1] === '-' ? -1n : 1n);
  return { ...instruction, word: encodeFixup(instruction.word, fixup.kind, distance), fixup: undefined };
}

/** The message and place of the error that `line` must give: `12: shift amount ...`. */
export function errorOf(line: string, on: AssemblerEnvironment = environment): string {
  try {
    assembleLine(line, on);
  } catch (error) {
    if (!(error instanceof OperandError)) throw error;
    return `${error.offset ?? error.kind}: ${error.message}`;
  }
  return 'no error';
}
