/** The machine, and what reaches it from outside. */
import * as z from 'zod';
import { count } from './values.ts';

export const machine = z.strictObject({
  cpu: z
    .enum(['cortex-a53', 'cortex-a57', 'cortex-a72'])
    .default('cortex-a53')
    .describe("core whose ID registers are used; cycles are a cortex-a53's for each"),
  breakpoints: count(1, 16).default(6).describe('hardware breakpoints that ID_AA64DFR0_EL1 reports, 1 to 16'),
  watchpoints: count(1, 16).default(4).describe('hardware watchpoints that ID_AA64DFR0_EL1 reports, 1 to 16'),
  gic: z.enum(['v2', 'v3']).default('v2').describe('virtual GIC interface, and which of its switches hyp code calls'),
  mmu: z
    .boolean()
    .default(true)
    .describe('host and hyp run with their MMUs on; false links the kernel at physical addresses'),
  ram: count(4, 1024).default(4).describe('memory in MiB, 4 to 1024'),
  features: z
    .array(z.string())
    .default([])
    .describe('further CPU features whose alternatives are applied, by the names of asm/cpufeature.h'),
});

const place = z
  .strictObject({
    step: count(0, 100_000_000).optional().describe('when so many steps have been made'),
    cycle: count(0, 2 ** 40)
      .optional()
      .describe('when a step has ended in this cycle or a later one'),
    symbol: z.string().optional().describe('when the instruction at this symbol, of host, hyp or guest code, is next'),
    occurrence: count(1, 1_000_000).default(1).describe('of the arrivals at the symbol, which one'),
  })
  .refine(
    ({ step, cycle, symbol }) => [step, cycle, symbol].filter((one) => one !== undefined).length === 1,
    "expected one of 'step', 'cycle' and 'symbol'",
  );

export const event = z.strictObject({
  raise: z
    .enum(['irq', 'fiq', 'serror'])
    .describe('the physical interrupt; the host takes it, and so ends it, once the guest was left'),
  at: place.describe('when'),
});
