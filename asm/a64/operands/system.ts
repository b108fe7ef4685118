/** Operands of system instructions: registers, operations, PSTATE fields, barriers, hints (Arm ARM C5, C6.2). */
import type { Feature } from '../features.ts';
import type { Operand } from '../form.ts';
import { generalName } from '../registers.ts';
import {
  atOperations,
  dcOperations,
  genericRegisterCode,
  genericRegisterName,
  icOperations,
  pstateFields,
  type SystemOperation,
  systemRegisterByEncoding,
  systemRegisterByName,
  systemRegisterCode,
  tlbiOperations,
} from '../sysregs.ts';
import type { Draft } from './draft.ts';
import { generalRegister } from './general.ts';
import { printNumber, takeConstant } from './immediate.ts';
import type { OperandReader } from './operand-reader.ts';
import type { WordView } from './word-view.ts';

/** Where MRS and MSR hold the sixteen bits that name a register: op0, op1, CRn, CRm, op2. */
const CODE_LSB = 5;

/** Names that GNU as takes and calls deprecated. */
const formerNames: ReadonlyMap<string, string> = new Map([
  ['spsr_svc', 'spsr_el1'],
  ['spsr_hyp', 'spsr_el2'],
]);

function allowed(reader: OperandReader, feature: Feature | undefined, what: string): boolean {
  if (feature === undefined || reader.environment.allows(feature)) return true;
  return reader.fail(`${what} needs '${feature}', which the selected architecture does not have`);
}

/** `(<systemreg>|S<op0>_<op1>_<Cn>_<Cm>_<op2>)`: fields o0, op1, CRn, CRm, op2; a wrong direction is warned of. */
function systemRegister(direction: 'read' | 'write'): Operand {
  return {
    encode(reader, draft) {
      const name = reader.peekName();
      if (name === undefined) return reader.expected('a system register');
      const register = systemRegisterByName(name);
      const code = register === undefined ? genericRegisterCode(name) : systemRegisterCode(register);
      if (code === undefined) return reader.fail(`unknown system register '${name}'`);
      if (code >> 14 === 0) return reader.fail(`system register '${name}': op0 must be 1, 2 or 3`);
      if (code >> 14 === 1) return reader.expected('a system register');
      if (!allowed(reader, register?.feature, `system register '${name}'`)) return false;
      const current = formerNames.get(name);
      if (current !== undefined) draft.warnings.push(`'${name}' is a former name of '${current}'`);
      if (register?.access === 'ro' && direction === 'write') draft.warnings.push(`'${name}' is read-only`);
      if (register?.access === 'wo' && direction === 'read') draft.warnings.push(`'${name}' is write-only`);
      draft.word = ((draft.word & ~(0xffff << CODE_LSB)) | (code << CODE_LSB)) >>> 0;
      reader.skip();
      return true;
    },
    print(view) {
      const code = (view.word >>> CODE_LSB) & 0xffff;
      const register = systemRegisterByEncoding(code, direction === 'write');
      return register?.name ?? genericRegisterName(code);
    },
  };
}

/** `S1_<op1>_<Cn>_<Cm>_<op2>`: a system operation written as a register. */
const operationRegister: Operand = {
  encode(reader, draft) {
    const name = reader.peekName();
    const code = name === undefined ? undefined : genericRegisterCode(name);
    if (code === undefined || code >> 14 !== 1) return reader.expected('a system register');
    draft.word = ((draft.word & ~(0x3fff << CODE_LSB)) | ((code & 0x3fff) << CODE_LSB)) >>> 0;
    reader.skip();
    return true;
  },
  print: (view) => genericRegisterName((view.word >>> CODE_LSB) & 0xffff),
};

/** `<pstatefield>, #<imm>`: fields op1, op2, CRm. */
export const pstateImmediate: Operand = {
  encode(reader, draft) {
    const name = reader.peekName();
    const field = pstateFields.find((candidate) => candidate.name === name);
    if (field === undefined) return reader.expected('a PSTATE field');
    if (!allowed(reader, field.feature, `PSTATE field '${name}'`)) return false;
    reader.skip();
    const value = takeConstant(reader, 0n, BigInt(field.high), 'immediate');
    if (value === undefined) return false;
    draft.set('op1', field.op1);
    draft.set('op2', field.op2);
    draft.set('CRm', Number(value));
    return true;
  },
  print(view) {
    const field = pstateFieldOf(view);
    const immediate = view.get('CRm');
    // Bits that a field ignores have no syntax; objdump names the encoding as it names a register.
    if (field === undefined || immediate > field.high) {
      return `s0_${view.get('op1')}_c4_c${immediate}_${view.get('op2')}, xzr`;
    }
    return `${field.name}, ${printNumber(immediate, 'hexadecimal')}`;
  },
};

function pstateFieldOf(view: WordView) {
  const op1 = view.get('op1');
  const op2 = view.get('op2');
  return pstateFields.find((field) => field.op1 === op1 && field.op2 === op2);
}

/** A named SYS operation and its <Xt>: fields op1, CRn, CRm, op2, Rt. */
function systemOperation(operations: readonly SystemOperation[], what: string): Operand {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const register = generalRegister(['Rt'], 'X', false);
  return {
    registers: [{ field: 'Rt', bank: 'x' }],
    encode(reader, draft) {
      const name = reader.peekName();
      if (name === undefined) return reader.expected(what);
      const operation = byName.get(name);
      if (operation === undefined) return reader.fail(`unknown ${what.replace(/^an? /, '')} '${name}'`);
      if (!allowed(reader, operation.feature, `'${name}'`)) return false;
      reader.skip();
      putOperation(draft, operation);
      if (operation.register) return register.encode(reader, draft);
      draft.set('Rt', 31);
      return true;
    },
    print(view) {
      const operation = operationOf(view, operations)!;
      return operation.register ? `${operation.name}, ${generalName(view.get('Rt'), true)}` : operation.name;
    },
  };
}

function putOperation(draft: Draft, operation: SystemOperation): void {
  draft.set('op1', operation.op1);
  draft.set('CRn', operation.crn);
  draft.set('CRm', operation.crm);
  draft.set('op2', operation.op2);
}

function operationOf(view: WordView, operations: readonly SystemOperation[]): SystemOperation | undefined {
  const [op1, crn, crm, op2] = [view.get('op1'), view.get('CRn'), view.get('CRm'), view.get('op2')];
  return operations.find((of) => of.op1 === op1 && of.crn === crn && of.crm === crm && of.op2 === op2);
}

/** `<Cn>`, `<Cm>` of SYS and SYSL, printed as objdump does, in upper case. */
function controlRegister(field: string): Operand {
  return {
    encode(reader, draft) {
      const name = reader.peekName();
      const match = name === undefined ? null : /^c(\d|1[0-5])$/.exec(name);
      if (match === null) return reader.expected('c0 to c15');
      draft.set(field, Number(match[1]));
      reader.skip();
      return true;
    },
    print: (view) => `C${view.get(field)}`,
  };
}

/** The limitation names of DMB and DSB by CRm; CRm values without a name are written `#<imm>`. */
const barrierNames: readonly (string | undefined)[] = [
  undefined,
  'oshld',
  'oshst',
  'osh',
  undefined,
  'nshld',
  'nshst',
  'nsh',
  undefined,
  'ishld',
  'ishst',
  'ish',
  undefined,
  'ld',
  'st',
  'sy',
];

/** `<option>|#<imm>` of DMB, DSB: field CRm. */
export const barrierOption: Operand = {
  encode(reader, draft) {
    if (reader.done) return reader.expected('a barrier option');
    const name = reader.peekName();
    const value = name === undefined ? -1 : barrierNames.indexOf(name);
    if (value >= 0) {
      draft.set('CRm', value);
      reader.skip();
      return true;
    }
    if (name !== undefined && !/^\d/.test(name)) return reader.fail(`unknown barrier option '${name}'`);
    const number = takeConstant(reader, 0n, 15n, 'barrier option');
    if (number === undefined) return false;
    draft.set('CRm', Number(number));
    return true;
  },
  print: (view) => barrierNames[view.get('CRm')] ?? `#0x${view.get('CRm').toString(16).padStart(2, '0')}`,
};

/** `{<option>|#<imm>}` of ISB: SY, a number, or left out. */
export const instructionBarrier: Operand = {
  encode(reader, draft) {
    if (reader.done) {
      draft.set('CRm', 15);
      return true;
    }
    const name = reader.peekName();
    if (name === 'sy' || name === undefined || /^\d/.test(name)) return barrierOption.encode(reader, draft);
    return reader.fail(`'${name}' is no barrier option of isb`);
  },
  print: (view) => (view.get('CRm') === 15 ? undefined : printNumber(view.get('CRm'), 'hexadecimal')),
};

/** `<option>nXS` of DSB, by imm2; written as a number, 16, 20, 24 or 28. */
const noXsNames = ['oshnxs', 'nshnxs', 'ishnxs', 'synxs'];

export const noXsBarrier: Operand = {
  encode(reader, draft) {
    const name = reader.peekName();
    const value = name === undefined ? -1 : noXsNames.indexOf(name);
    if (value >= 0) {
      draft.set('imm2', value);
      reader.skip();
      return true;
    }
    if (name !== undefined && !/^\d/.test(name)) return reader.fail(`unknown barrier option '${name}'`);
    const offset = reader.offset;
    const number = takeConstant(reader, 16n, 28n, 'barrier option');
    if (number === undefined) return false;
    if (number % 4n !== 0n) return reader.failAt(offset, `barrier option ${number} must be 16, 20, 24 or 28`);
    draft.set('imm2', Number(number - 16n) / 4);
    return true;
  },
  print: (view) => noXsNames[view.get('imm2')]!,
};

/** `{<targets>}` of BTI by op2<2:1>. */
const branchTargets = ['', 'c', 'j', 'jc'];

export const branchTarget: Operand = {
  encode(reader, draft) {
    const name = reader.done ? '' : reader.peekName();
    const value = name === undefined || (name === '' && !reader.done) ? -1 : branchTargets.indexOf(name);
    if (value < 0) return reader.expected('c, j or jc');
    draft.set('op2', value << 1);
    reader.skip();
    return true;
  },
  print: (view) => branchTargets[view.get('op2') >> 1] || undefined,
};

/** A word that stands in the text as it is: CSYNC, RCTX. */
export function keyword(word: string): Operand {
  return {
    encode(reader) {
      if (reader.peekName() !== word) return reader.expected(word);
      reader.skip();
      return true;
    },
    print: () => word,
  };
}

/** Prefetch operations by Rt (Arm ARM C6.2 "PRFM"). */
function prefetchName(value: number): string | undefined {
  const type = ['pld', 'pli', 'pst'][value >> 3];
  const target = (value >> 1) & 3;
  return type === undefined || target === 3 ? undefined : `${type}l${target + 1}${value & 1 ? 'strm' : 'keep'}`;
}

const prefetchValues: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 32 }, (_, value): [string | undefined, number] => [prefetchName(value), value]).filter(
    (entry): entry is [string, number] => entry[0] !== undefined,
  ),
);

/** `(<prfop>|#<imm5>)`: field Rt. */
export const prefetchOperation: Operand = {
  encode(reader, draft) {
    const name = reader.peekName();
    const value = name === undefined ? undefined : prefetchValues.get(name);
    if (value !== undefined) {
      draft.set('Rt', value);
      reader.skip();
      return true;
    }
    if (name !== undefined && !/^\d/.test(name)) return reader.fail(`unknown prefetch operation '${name}'`);
    const number = takeConstant(reader, 0n, 31n, 'prefetch operation');
    if (number === undefined) return false;
    draft.set('Rt', Number(number));
    return true;
  },
  print: (view) => prefetchName(view.get('Rt')) ?? `#0x${view.get('Rt').toString(16).padStart(2, '0')}`,
};

/** `#<imm>` of HINT: CRm and op2 together. */
export const hintNumber: Operand = {
  encode(reader, draft) {
    const value = takeConstant(reader, 0n, 127n, 'immediate');
    if (value === undefined) return false;
    draft.set('CRm', Number(value) >> 3);
    draft.set('op2', Number(value) & 7);
    return true;
  },
  print: (view) => printNumber((view.get('CRm') << 3) | view.get('op2'), 'hexadecimal'),
};

/** Whether a SYS word is one of `operations` with the register it must have. */
export function isOperation(operations: readonly SystemOperation[]) {
  return ({ op1, CRn, CRm, op2, Rt }: { op1: number; CRn: number; CRm: number; op2: number; Rt: number }): boolean =>
    operations.some(
      (of) => of.op1 === op1 && of.crn === CRn && of.crm === CRm && of.op2 === op2 && (of.register || Rt === 31),
    );
}

/** System operands by their notation in the table. */
export const systemOperands: Readonly<Record<string, Operand>> = {
  '<systemreg>': systemRegister('read'),
  '<systemreg written>': systemRegister('write'),
  '<S1_op1_Cn_Cm_op2>': operationRegister,
  '<pstatefield>, #<imm>': pstateImmediate,
  '<at_op>, <Xt>': systemOperation(atOperations, 'an address translation operation'),
  '<dc_op>, <Xt>': systemOperation(dcOperations, 'a data cache operation'),
  '<ic_op>{, <Xt>}': systemOperation(icOperations, 'an instruction cache operation'),
  '<tlbi_op>{, <Xt>}': systemOperation(tlbiOperations, 'a TLB operation'),
  '<Cn>': controlRegister('CRn'),
  '<Cm>': controlRegister('CRm'),
  '<option>|#<imm>': barrierOption,
  '{<option>|#<imm>}': instructionBarrier,
  '<option>nXS': noXsBarrier,
  '{<targets>}': branchTarget,
  '(<prfop>|#<imm5>)': prefetchOperation,
};
