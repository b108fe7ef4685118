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

export const expectations = z.strictObject({
  ending: z
    .enum(['done', 'panic', 'stuck', 'limit'])
    .default('done')
    .describe('how the run ends: back at the host, at panic, at a host vector, at the step limit'),
  exits: z.array(value).optional().describe('what __kvm_vcpu_run returned, one for each entry'),
  user_exits: z
    .array(userExits)
    .optional()
    .describe('why KVM_RUN came back to user space (kvm_run.exit_reason), one for each time'),
  registers: fields.default({}).describe('registers at the end of the run, by name'),
  guest: fields.default({}).describe('registers of the guest as the vcpu keeps them at the end, by name'),
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
