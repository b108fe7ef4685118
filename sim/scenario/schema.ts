/**
 * The scenario file's keys, as one zod schema: the checks, the TypeScript types and docs/scenarios.md's table all come
 * from here (each key's meaning is its `describe` text).
 */
import * as z from 'zod';

/** Integers up to 2^64 - 1: YAML integers, or strings in hexadecimal or decimal ('0x1f', '-1' is 2^64 - 1). */
const word64 = z
  .union([z.bigint(), z.string().regex(/^-?(0[xX][0-9a-fA-F_]+|[0-9]+)$/)], {
    error: 'expected an integer',
  })
  .transform((value) => (typeof value === 'bigint' ? value : integerOf(value)))
  .refine((value) => value >= -(1n << 63n) && value < 1n << 64n, 'expected an integer of at most 64 bits')
  .transform((value) => BigInt.asUintN(64, value));

function integerOf(text: string): bigint {
  const digits = text.replaceAll('_', '');
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

const count = (low: number, high: number) =>
  z
    .bigint({ error: `expected an integer from ${low} to ${high}` })
    .refine((n) => n >= BigInt(low) && n <= BigInt(high), `expected an integer from ${low} to ${high}`)
    .transform(Number);

/** An integer, or an expression over the kernel headers' own constants, such as 'HCR_GUEST_FLAGS & ~HCR_TVM'. */
const value = z.union([word64, z.string().regex(/[A-Za-z_]/)], {
  error: 'expected an integer of at most 64 bits, or an expression over constants of the kernel headers',
});
export type ScenarioValue = z.infer<typeof value>;

const fields = z.record(z.string(), value);

const kernelSources = z
  .strictObject({
    kernel: z.string().optional().describe('a Linux tree configured for arm64, instead of the three below'),
    hyp: z.string().optional().describe('folder with hyp.S, vgic-v2-switch.S and vgic-v3-switch.S'),
    include: z.array(z.string()).min(1).optional().describe('include folders, in the order they are searched'),
    offsets: z.string().optional().describe('the asm-offsets.c that names the struct offsets'),
  })
  .transform(({ kernel, hyp, include, offsets }, context) => {
    if (kernel !== undefined && hyp === undefined && include === undefined && offsets === undefined) return { kernel };
    if (kernel === undefined && hyp !== undefined && include !== undefined && offsets !== undefined)
      return { hyp, include, offsets };
    if (context.issues.length > 0) return z.NEVER;
    const message = 'expected kernel alone, or hyp, include and offsets together';
    context.addIssue({ code: 'custom', message, path: [kernel === undefined ? 'hyp' : 'kernel'] });
    return z.NEVER;
  });

const machine = z.strictObject({
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
  ram: count(8, 1024).default(16).describe('memory in MiB, 8 to 1024'),
  features: z
    .array(z.string())
    .default([])
    .describe('further CPU features whose alternatives are applied, by the names of asm/cpufeature.h'),
});

const expectations = z.strictObject({
  exits: z.array(value).optional().describe('what __kvm_vcpu_run returned, one for each entry'),
  registers: fields.default({}).describe('registers at the end of the run, by name'),
  guest: fields.default({}).describe('registers of the guest as the vcpu keeps them at the end, by name'),
  fields: fields.default({}).describe('struct fields at the end of the run, by path'),
  phases: z.array(z.string()).default([]).describe('routines that must be entered'),
  absent: z.array(z.string()).default([]).describe('routines that must not be entered'),
  preserved: z
    .boolean()
    .default(true)
    .describe('host registers must survive, and guest registers must arrive in the vcpu'),
  cycles: z
    .strictObject({
      min: count(0, 2 ** 40)
        .optional()
        .describe('the fewest'),
      max: count(0, 2 ** 40)
        .optional()
        .describe('the most'),
    })
    .optional()
    .describe('bounds for the cycles of the whole run'),
});

export const scenarioSchema = z.strictObject({
  name: z.string().min(1).describe('what the run is called in tables'),
  description: z.string().optional().describe('one paragraph for the reader'),
  sources: z
    .union([z.enum(['after', 'before']), kernelSources], { error: 'expected after, before, or a mapping of paths' })
    .default('after')
    .describe('the world switch: with debug_ptr (after), without (before), or your own'),
  machine: machine.prefault({}).describe('the machine'),
  host: z
    .strictObject({
      code: z.string().describe('assembly source of the host kernel part, relative to this file'),
    })
    .describe('the host at EL1'),
  guest: z
    .strictObject({
      code: z.string().describe('assembly source of the guest, relative to this file'),
      address: word64.default(0x80000000n).describe('guest physical address at which it is linked and entered'),
    })
    .describe('the guest at EL1'),
  vcpu: fields.default({}).describe('fields of struct kvm_vcpu set before the first entry, by path'),
  kvm: fields.default({}).describe('fields of struct kvm set before the first entry, by path'),
  entries: count(1, 1_000_000).default(1).describe('how many times the host enters the guest'),
  steps: count(1, 100_000_000).default(1_000_000).describe('step limit of the whole run'),
  expect: expectations.prefault({}).describe('what must hold at the end'),
});

/** A checked scenario: all defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
