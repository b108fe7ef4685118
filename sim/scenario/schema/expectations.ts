/** The key `expect`. */
import * as z from 'zod';
import { count, fields, value } from './values.ts';

const userExits = z.enum([
  'KVM_EXIT_UNKNOWN',
  'KVM_EXIT_DEBUG',
  'KVM_EXIT_MMIO',
  'KVM_EXIT_INTERNAL_ERROR',
  'KVM_EXIT_SYSTEM_EVENT',
]);

const exitRecord = z.strictObject({
  code: value.default('ARM_EXCEPTION_TRAP').describe('what __kvm_vcpu_run returned'),
  vcpu: count(0, 7).optional().describe('which vcpu ran'),
  esr: value.optional().describe('arch.fault.esr_el2'),
  far: value.optional().describe('arch.fault.far_el2'),
  hpfar: value.optional().describe('arch.fault.hpfar_el2'),
  times: count(1, 1_000_000).default(1).describe('so many exits of this kind, one after the other'),
});

const deviceAccess = z.strictObject({
  address: value.describe('guest physical address'),
  size: count(1, 8).describe('bytes'),
  written: value.optional().describe('what a little-endian device gets; left out: a read'),
});

const memoryContent = z.strictObject({
  address: value.describe('guest physical address'),
  size: count(1, 8).default(8).describe('bytes, 1 to 8'),
  value: value.describe('what a little-endian load finds there'),
});

export const expectations = z.strictObject({
  ending: z
    .enum(['done', 'panic', 'stuck', 'limit'])
    .default('done')
    .describe('how the run ends: back at the host, at panic, at a host vector, at the step limit'),
  exits: z
    .array(z.union([value, exitRecord], { error: 'expected an exit code, or a mapping of what the exit was' }))
    .optional()
    .describe('what __kvm_vcpu_run returned, one for each entry; or a mapping, with what it stored about the fault'),
  user_exits: z
    .array(userExits)
    .optional()
    .describe('why KVM_RUN came back to user space (kvm_run.exit_reason), one for each time'),
  mmio: z.array(deviceAccess).optional().describe('the accesses that user space was asked to make, in order'),
  memory: z.array(memoryContent).default([]).describe('guest memory at the end'),
  registers: fields.default({}).describe('registers at the end of the run, by name'),
  guest: fields
    .default({})
    .describe('registers of the guest as the vcpu keeps them at the end, by name; of another vcpu: vcpu1.x0'),
  fields: fields.default({}).describe('struct fields at the end of the run, by path'),
  phases: z.array(z.string()).default([]).describe('routines that must be entered'),
  absent: z.array(z.string()).default([]).describe('routines that must not be entered'),
  times: z
    .record(z.string(), count(0, 100_000_000))
    .default({})
    .describe('how many times each of these routines is entered in the whole run'),
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
