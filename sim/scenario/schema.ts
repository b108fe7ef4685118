/**
 * The scenario file's keys, as one zod schema: the checks, the TypeScript types and docs/scenarios.md's table all come
 * from here (each key's meaning is its `describe` text). Its parts are in the folder beside this file.
 */
import * as z from 'zod';
import { expectations } from './schema/expectations.ts';
import { device, guest, memorySlot } from './schema/guest.ts';
import { kernelSources, need } from './schema/kernel.ts';
import { event, machine } from './schema/machine.ts';
import { varied } from './schema/matrix.ts';
import { beforeEntry, guestDebug } from './schema/user-space.ts';
import { count, fields } from './schema/values.ts';

export type { ScenarioValue } from './schema/values.ts';

/** The whole file. */
export const scenarioSchema = z.strictObject({
  name: z.string().min(1).describe('what the run is called in tables'),
  description: z.string().optional().describe('one paragraph for the reader'),
  sources: z
    .union([z.enum(['after', 'before']), kernelSources], { error: 'expected after, before, or a mapping of paths' })
    .default('after')
    .describe('the world switch: with debug_ptr (after), without (before), or your own'),
  needs: z
    .array(need)
    .default([])
    .describe(
      'what the kernel must have, or else the scenario does not apply: paths (vcpu.arch.debug_ptr), constants of the ' +
        'headers (MDCR_EL2_TDE), symbols of the world switch (__kvm_get_mdcr_el2)',
    ),
  matrix: z
    .record(z.string(), varied)
    .default({})
    .describe('keys of this table, each with the values that it takes in turn; one run for each combination'),
  machine: machine.prefault({}).describe('the machine'),
  host: z
    .strictObject({
      code: z.string().describe('assembly source of the host kernel part, relative to this file'),
    })
    .describe('the host at EL1'),
  guest: guest.describe('the guest at EL1'),
  vcpu: fields.default({}).describe('fields of struct kvm_vcpu set before the first entry, by path'),
  kvm: fields.default({}).describe('fields of struct kvm set before the first entry, by path'),
  vcpus: count(1, 8).default(1).describe('how many vcpus; they are entered in turn, unless turned off'),
  reset: z
    .enum(['patterns', 'registers'])
    .default('patterns')
    .describe(
      'registers that a guest need not have: a value of its own in each (patterns), or what KVM resets them to',
    ),
  memory: z.array(memorySlot).default([]).describe('guest memory besides that of its code'),
  devices: z.array(device).default([]).describe('devices that user space emulates'),
  guest_debug: guestDebug.optional().describe('KVM_SET_GUEST_DEBUG before the first entry'),
  events: z.array(event).default([]).describe('interrupts from outside'),
  before_entry: z.array(beforeEntry).default([]).describe('what user space does between entries'),
  entries: count(1, 1_000_000).default(1).describe('how many times the host enters the guest'),
  steps: count(1, 100_000_000).default(1_000_000).describe('step limit of the whole run'),
  expect: expectations.prefault({}).describe('what must hold at the end'),
});

/** A checked scenario: all defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
