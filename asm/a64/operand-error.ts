/** A fault in an instruction's mnemonic or operands. */

export type OperandErrorKind = 'unknown-instruction' | 'not-supported' | 'operand';

export class OperandError extends Error {
  /** Into the operand text; undefined where the mnemonic itself is at fault. */
  readonly offset: number | undefined;
  readonly kind: OperandErrorKind;

  constructor(message: string, offset: number | undefined, kind: OperandErrorKind = 'operand') {
    super(message);
    this.name = 'OperandError';
    this.offset = offset;
    this.kind = kind;
  }
}
