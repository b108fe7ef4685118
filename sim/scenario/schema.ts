/**
 * The scenario file's keys, as one zod schema: the checks, the TypeScript types and docs/scenarios.md's table all come
 * from here (each key's meaning is its `describe` text).
 */
import * as z from 'zod';

/** The most combinations of a matrix. */
export const MAX_COMBINATIONS = 4096;

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

/** A number of guest memory, code or device: a multiple of 4 KB. */
const pageMultiple = word64.refine((n) => n % 4096n === 0n, 'expected a multiple of 0x1000');

const memorySlot = z.strictObject({
  address: pageMultiple.describe('guest physical address, a multiple of 0x1000'),
  size: pageMultiple.describe('bytes, a multiple of 0x1000'),
  readonly: z.boolean().default(false).describe('KVM_MEM_READONLY: writes go to user space as MMIO'),
  mapped: z
    .enum(['none', 'read', 'all'])
    .default('none')
    .describe('what stage 2 allows before the guest touches it: nothing, reads, all'),
});

const device = z.strictObject({
  address: word64.describe('guest physical address of its first byte'),
  size: word64.default(4096n).describe('bytes'),
  answers: z
    .array(value)
    .default([])
    .describe('what reads of it get, one after the other; the last one again and again, and 0 where there is none'),
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

const event = z.strictObject({
  raise: z
    .enum(['irq', 'fiq', 'serror'])
    .describe('the physical interrupt; the host takes it, and so ends it, once the guest was left'),
  at: place.describe('when'),
});

const debugRegisters = z.record(z.string().regex(/^dbg[bw][cv]r([0-9]|1[0-5])_el1$/), value, {
  error: 'expected names like dbgbvr0_el1, dbgbcr0_el1, dbgwvr0_el1, dbgwcr0_el1',
});

const guestDebug = z.strictObject({
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

const beforeEntry = z.strictObject({
  entry: count(1, 1_000_000).describe('before which entry, from 1'),
  vcpu: count(0, 7).default(0).describe('which vcpu it is about, from 0'),
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

const aarch32Exit = z.strictObject({
  esr: value.describe('ESR_EL2: class and syndrome'),
  far: value.optional().describe('FAR_EL2'),
  ipa: value.optional().describe('the faulting guest physical address, for HPFAR_EL2'),
  registers: fields.default({}).describe('registers that the guest has changed, by AArch64 name: x0, sp_el1, v0.d0'),
  pc: value.optional().describe('where the guest is by then; else where it was entered'),
  pstate: value.optional().describe('its CPSR by then; else that it was entered with'),
});

const userExits = z.enum([
  'KVM_EXIT_UNKNOWN',
  'KVM_EXIT_DEBUG',
  'KVM_EXIT_MMIO',
  'KVM_EXIT_INTERNAL_ERROR',
  'KVM_EXIT_SYSTEM_EVENT',
]);

const expectations = z.strictObject({
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

const need = z.string().regex(/^((vcpu|kvm)\.[A-Za-z_][\w.\->[\]]*|[A-Za-z_]\w*)$/, {
  error: 'expected a path from vcpu or kvm, a constant of the headers, or a symbol of the world switch',
});

/** The values that a key takes in turn: a list, or from and to, both included: '1-16'. */
export const varied = z.unknown().transform((value, context): readonly unknown[] => {
  const wrong = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (Array.isArray(value) && value.length > 0) return value;
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(String(value)) ?? [];
  if (from === undefined || to === undefined) return wrong("expected a list of values, or a range such as '1-16'");
  const length = Number(to) - Number(from) + 1;
  if (length < 1) return wrong('expected the smaller number first');
  if (length > MAX_COMBINATIONS) return wrong(`${length} values, which is more than the limit of ${MAX_COMBINATIONS}`);
  return Array.from({ length }, (_, n) => BigInt(from) + BigInt(n));
});

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
  guest: z
    .strictObject({
      code: z.string().optional().describe('assembly source of the guest, relative to this file'),
      address: word64.default(0x80000000n).describe('guest physical address at which it is linked and entered'),
      aarch32: z
        .boolean()
        .default(false)
        .describe('a 32-bit guest (HCR_EL2.RW is 0): its code is not executed, each of its exits is told in exits'),
      exits: z
        .array(aarch32Exit)
        .default([])
        .describe(
          'of a 32-bit guest: the exception that ends its time in AArch32 state, one for each time it is there',
        ),
    })
    .refine(
      ({ code, aarch32 }) => code !== undefined || aarch32,
      "this key needs 'code', unless the guest is a 32-bit one",
    )
    .describe('the guest at EL1'),
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
