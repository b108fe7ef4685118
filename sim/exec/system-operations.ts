/**
 * SYS and SYSL: cache and TLB maintenance and address translation (Arm ARM C5.3 "A64 System instructions for cache
 * maintenance", C5.4 for address translation, C5.5 for TLB maintenance).
 */
import {
  atOperations,
  dcOperations,
  icOperations,
  type SystemOperation,
  tlbiOperations,
} from '../../asm/a64/sysregs.ts';
import type { Fields } from '../../asm/a64/table/row.ts';
import { EC, trap, undefinedInstruction } from '../core/exceptions.ts';
import type { TrapControl } from '../core/system-register.ts';
import { accessSyndrome, activity } from '../core/system-registers.ts';
import { DZE, TDZ, TPC, TPU, TSW, TTLB, UCI } from '../core/traps.ts';
import { source } from './operands.ts';
import type { Builder, Environment, SemanticsTable } from './operation.ts';
import { accessToNothing } from './system-instructions.ts';

const HCR_TGE = 1 << 27;
/** DCZID_EL0.BS: log2 of the words DC ZVA zeroes. */
const BLOCK_SIZE = 0xfn;
/** CTR_EL0.DminLine: log2 of the words of the smallest data cache line. */
const DMIN_LINE = 16n;

/** Who may use an operation, and what it does with the address or value in cell `t`. */
interface OperationRule {
  readonly el: 0 | 1 | 2;
  readonly traps: readonly TrapControl[];
  /** What the processor must have, as core/models.ts names it. */
  readonly feature?: string;
  readonly build: (on: Environment, t: number) => () => void;
}

/** Caches are not modelled: by set and way there is nothing to do. */
const nothing = () => () => {};

function maintain(kind: 'clean' | 'invalidate'): OperationRule['build'] {
  return (on, t) => {
    const { words } = on.cpu;
    const line = 4 << Number((on.systemRegisters.named('ctr_el0')!.read() >> DMIN_LINE) & 0xfn);
    return () => on.memory.maintainCache(kind, words[2 * t]!, words[2 * t + 1]!, line);
  };
}

const zeroBlock: OperationRule['build'] = (on, t) => {
  const { words } = on.cpu;
  const size = 4 << Number(on.systemRegisters.named('dczid_el0')!.read() & BLOCK_SIZE);
  return () => on.memory.zeroBlock(words[2 * t]!, words[2 * t + 1]!, size);
};

const byAddress = { el: 0, traps: [UCI, TPC], build: maintain('clean') } as const;
const bySetAndWay = { el: 1, traps: [TSW], build: nothing } as const;

const dataCache: Readonly<Record<string, OperationRule>> = {
  ivac: { el: 1, traps: [TPC], build: maintain('invalidate') },
  isw: bySetAndWay,
  csw: bySetAndWay,
  cisw: bySetAndWay,
  zva: { el: 0, traps: [DZE, TDZ], build: zeroBlock },
  cvac: byAddress,
  civac: byAddress,
  cvau: { el: 0, traps: [UCI, TPU], build: maintain('clean') },
  cvap: { ...byAddress, feature: 'dpb' },
};

const instructionCache: Readonly<Record<string, OperationRule>> = {
  ialluis: { el: 1, traps: [TPU], build: nothing },
  iallu: { el: 1, traps: [TPU], build: nothing },
  ivau: { el: 0, traps: [UCI, TPU], build: maintain('clean') },
};

/** The stage 1 operations of EL1 and EL0 are EL1's, the others EL2's; none is EL0's. Those of EL3 do not exist. */
function translationRule({ name }: SystemOperation): OperationRule | undefined {
  if (name === 's1e3r' || name === 's1e3w') return undefined;
  const ofEl1 = name.startsWith('s1e1') || name.startsWith('s1e0');
  return {
    el: ofEl1 ? 1 : 2,
    traps: [],
    feature: name.endsWith('p') ? 'pan2' : undefined,
    build: (on, t) => {
      const { words } = on.cpu;
      return () => on.memory.at(name, words[2 * t]!, words[2 * t + 1]!);
    },
  };
}

/** Operations of op1 0 are EL1's, of op1 4 EL2's, of op1 6 EL3's. What a later version added, no model has. */
function tlbRule({ name, op1, feature }: SystemOperation): OperationRule | undefined {
  if (op1 === 6 || feature !== undefined) return undefined;
  return {
    el: op1 === 0 ? 1 : 2,
    traps: op1 === 0 ? [TTLB] : [],
    build: (on, t) => {
      const { cells } = on.cpu;
      return () => on.memory.tlbi(name, cells[t]!);
    },
  };
}

/** Op1, CRn, CRm and op2 as in a system register's sixteen bits, with op0 = 1. */
function codeOf(operation: Pick<SystemOperation, 'op1' | 'crn' | 'crm' | 'op2'>): number {
  return (1 << 14) | (operation.op1 << 11) | (operation.crn << 7) | (operation.crm << 3) | operation.op2;
}

const rules: ReadonlyMap<number, OperationRule> = collectRules();

function collectRules(): Map<number, OperationRule> {
  const found = new Map<number, OperationRule>();
  const add = (operations: readonly SystemOperation[], ruleOf: (one: SystemOperation) => OperationRule | undefined) => {
    for (const operation of operations) {
      const rule = ruleOf(operation);
      if (rule !== undefined) found.set(codeOf(operation), rule);
    }
  };
  add(dcOperations, ({ name }) => dataCache[name]);
  add(icOperations, ({ name }) => instructionCache[name]);
  add(atOperations, translationRule);
  add(tlbiOperations, tlbRule);
  return found;
}

function systemCode({ op1, CRn, CRm, op2 }: Fields): number {
  return codeOf({ op1, crn: CRn, crm: CRm, op2 });
}

const systemOperation: Builder = (fields, on) => {
  const code = systemCode(fields);
  const rule = rules.get(code);
  if (rule === undefined || (rule.feature !== undefined && !on.features.has(rule.feature))) {
    return accessToNothing(on, code, true, fields.Rt);
  }
  const check = accessCheck(on, rule, code, fields.Rt);
  const execute = rule.build(on, source(fields.Rt));
  return () => {
    check();
    execute();
  };
};

/** A function that throws UNDEFINED below the rule's level, or the first of its traps that is active. */
function accessCheck(on: Environment, rule: OperationRule, code: number, rt: number): () => void {
  const { cpu } = on;
  const hcr = 2 * cpu.cell('hcr_el2');
  const traps = rule.traps.map((control) => ({ control, isActive: activity(cpu, control) }));
  return () => {
    const { el } = cpu;
    if (el < rule.el) throw undefinedInstruction();
    for (const { control, isActive } of traps) {
      if (!control.from.includes(el) || !isActive()) continue;
      const target = control.to === 1 && (cpu.words[hcr]! & HCR_TGE) !== 0 ? 2 : control.to;
      throw trap(EC.systemRegister, accessSyndrome(code, true, rt), target);
    }
  };
}

/** No SYSL is allocated to anything but IMPLEMENTATION DEFINED operations. */
const systemOperationWithResult: Builder = (fields, on) => accessToNothing(on, systemCode(fields), false, fields.Rt);

export const systemOperations: SemanticsTable = {
  SYS: { build: systemOperation, flow: 'context' },
  SYSL: { build: systemOperationWithResult },
};
