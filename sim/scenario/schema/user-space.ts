/** What the process that owns the VM does by ioctl. */
import * as z from 'zod';
import { count, fields, value } from './values.ts';

const debugRegisters = z.record(z.string().regex(/^dbg[bw][cv]r([0-9]|1[0-5])_el1$/), value, {
  error: 'expected names like dbgbvr0_el1, dbgbcr0_el1, dbgwvr0_el1, dbgwcr0_el1',
});

export const guestDebug = z.strictObject({
  singlestep: z.boolean().default(false).describe('KVM_GUESTDBG_SINGLESTEP: an exit after each instruction'),
  use_sw_bp: z.boolean().default(false).describe('KVM_GUESTDBG_USE_SW_BP: BRK is an exit'),
  registers: debugRegisters
    .optional()
    .describe('KVM_GUESTDBG_USE_HW: breakpoint and watchpoint registers by name, such as dbgbcr0_el1'),
  enable: z.boolean().default(true).describe('false ends the debugging'),
});

const errnoName = z.enum(['ENOENT', 'EFAULT', 'EINVAL']);

const oneReg = z
  .strictObject({
    get: z.string().optional().describe('KVM_GET_ONE_REG: what to read'),
    set: z
      .string()
      .optional()
      .describe('KVM_SET_ONE_REG: what to write: a system register by name, core.regs.pc and the like, or an id'),
    value: value.optional().describe('what is written, or what must be read'),
    errno: errnoName.optional().describe('the error that the ioctl must end in'),
  })
  .refine(({ get, set }) => (get === undefined) !== (set === undefined), "expected one of 'get' and 'set'")
  .refine(({ set, value: given }) => set === undefined || given !== undefined, "'set' needs a 'value'");

export const beforeEntry = z.strictObject({
  entry: count(1, 1_000_000).describe('before which entry, from 1'),
  vcpu: count(0, 7).default(0).describe('which vcpu it is about, from 0'),
  expect: fields.default({}).describe('struct fields as they must be by then, by path: vcpu.arch.debug_flags'),
  fields: fields.default({}).describe('struct fields to set, by path from the struct: vcpu.arch.debug_flags'),
  one_reg: z.array(oneReg).default([]).describe('KVM_GET_ONE_REG and KVM_SET_ONE_REG, in order'),
  guest_debug: guestDebug.optional().describe('KVM_SET_GUEST_DEBUG'),
  irq: z
    .array(count(0, 159))
    .default([])
    .describe('virtual interrupts that become pending (KVM_IRQ_LINE): 0 to 15 SGI, 16 to 31 PPI, then SPI'),
  cpu_irq: z.boolean().optional().describe('without a virtual GIC: the level of the IRQ line (HCR_EL2.VI)'),
  cpu_fiq: z.boolean().optional().describe('the same for FIQ (HCR_EL2.VF)'),
});
