/** The guest's code, its memory, and the devices it finds. */
import * as z from 'zod';
import { fields, value, word64 } from './values.ts';

const aarch32Exit = z.strictObject({
  esr: value.describe('ESR_EL2: class and syndrome'),
  far: value.optional().describe('FAR_EL2'),
  ipa: value.optional().describe('the faulting guest physical address, for HPFAR_EL2'),
  registers: fields.default({}).describe('registers that the guest has changed, by AArch64 name: x0, sp_el1, v0.d0'),
  pc: value.optional().describe('where the guest is by then; else where it was entered'),
  pstate: value.optional().describe('its CPSR by then; else that it was entered with'),
});

/** An address or a size of guest memory: a multiple of 4 KB. */
const pageMultiple = word64.refine((n) => n % 4096n === 0n, 'expected a multiple of 0x1000');
const notEmpty = (n: bigint): boolean => n > 0n;

export const memorySlot = z.strictObject({
  address: pageMultiple.describe('guest physical address, a multiple of 0x1000'),
  size: pageMultiple.refine(notEmpty, 'expected a size above 0').describe('bytes, a multiple of 0x1000'),
  readonly: z.boolean().default(false).describe('KVM_MEM_READONLY: writes go to user space as MMIO'),
  mapped: z
    .enum(['none', 'read', 'all'])
    .default('none')
    .describe('what stage 2 allows before the guest touches it: nothing, reads, all'),
});

export const device = z.strictObject({
  address: word64.describe('guest physical address of its first byte'),
  size: word64.refine(notEmpty, 'expected a size above 0').default(4096n).describe('bytes'),
  answers: z
    .array(value)
    .default([])
    .describe('what reads of it get, one after the other; the last one again and again, and 0 where there is none'),
});

export const guest = z
  .strictObject({
    code: z.string().optional().describe('assembly source of the guest, relative to this file'),
    address: pageMultiple
      .default(0x80000000n)
      .describe('guest physical address at which it is linked and entered, a multiple of 0x1000'),
    aarch32: z
      .boolean()
      .default(false)
      .describe('a 32-bit guest (HCR_EL2.RW is 0): its code is not executed, each of its exits is told in exits'),
    exits: z
      .array(aarch32Exit)
      .default([])
      .describe('of a 32-bit guest: the exception that ends its time in AArch32 state, one for each time it is there'),
  })
  .refine(
    ({ code, aarch32 }) => code !== undefined || aarch32,
    "this key needs 'code', unless the guest is a 32-bit one",
  )
  .refine(({ exits, aarch32 }) => exits.length === 0 || aarch32, {
    path: ['exits'],
    error: "this key is for a 32-bit guest: 'aarch32: true'",
  });
