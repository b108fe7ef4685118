/** Runs that need the host's C part: exits that are handled, interrupts, debugging, devices, several vcpus. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { type RunReport, reportRun } from '../../sim/check/report.ts';
import { KernelBuilds } from '../../sim/scenario/kernel-builds.ts';
import { parseScenario } from '../../sim/scenario/load.ts';
import { prepareScenario } from '../../sim/scenario/ready.ts';
import { fixtures } from './world-switch.ts';

const START = '\t.section .guest.text, "ax"\n\t.globl guest_start\nguest_start:\n';
const VCPU = 'vcpu: { arch.hcr_el2: HCR_GUEST_FLAGS & ~HCR_TVM }';

const path = `${fixtures}/scenarios/host-side.yaml`;
const guests = new MemoryFiles({}, new NodeFiles());
let guestCount = 0;
const builds = new KernelBuilds({ files: guests, fixtures });

/** The report of a run of the scenario `keys` with a guest of the given instructions, linked at `address`. */
function run(keys: readonly string[], guest?: string, address?: string): RunReport {
  const name = `guest-${guestCount++}.S`;
  guests.set(`${fixtures}/scenarios/${name}`, `${START}${guest ?? ''}\n`);
  const code =
    guest === undefined ? [] : [`guest: { code: ${name}${address === undefined ? '' : `, address: ${address}`} }`];
  const text = ['name: test', 'steps: 20000', 'host: { code: ../guests/host.S }', ...code, ...keys, '']
    .join('\n')
    .replace(/(?<!")\b([\w.]+\[\d+\][\w.]*):/g, '"$1":');
  return reportRun(prepareScenario(parseScenario(path, text), builds));
}

function passes(keys: readonly string[], guest?: string, address?: string): RunReport {
  const report = run(keys, guest, address);
  assert.equal(report.failures, []);
  return report;
}

const hvc = (x0: number) => `\tmov x0, #${x0}\n\thvc #0\n`;

for (const sources of ['after', 'before']) {
  test(`lazy debug (${sources}): the first access traps and marks dirty, the next entry switches, the exit cleans`, () => {
    const state =
      sources === 'after' ? 'vcpu.arch.vcpu_debug_state.dbg_bvr[0]: 0x1234' : '"vcpu.arch.ctxt.sys_regs[39]": 0x1234';
    const { run: done, phases } = passes(
      [
        `sources: ${sources}`,
        VCPU,
        'entries: 2',
        `expect: { exits: [1, 1], phases: [__save_debug, __restore_debug], fields: { vcpu.arch.debug_flags: 0, ${state} } }`,
      ],
      `\tmov x1, #0x1234\n\tmsr dbgbvr0_el1, x1\n${hvc(0)}`,
    );
    assert.equal(done.exits, [1n, 1n]);
    assert.ok(phases.length > 0);
  });
}

test('a guest that never touches debug registers has none switched', () => {
  passes([VCPU, 'expect: { absent: [__save_debug, __restore_debug] }'], hvc(0));
});

test('MDSCR_EL1.MDE set in the vcpu forces the switch', () => {
  passes(['vcpu: { "arch.ctxt.sys_regs[22]": 0x8000 }', 'expect: { phases: [__save_debug] }'], hvc(0));
});

test('a debugger outside: its breakpoint stops the guest, which sees its own registers all the while', () => {
  const { run: done } = passes(
    [
      VCPU,
      'guest_debug: { registers: { dbgbvr0_el1: 0x80000004, dbgbcr0_el1: 0x1e7 } }',
      'entries: 2',
      'before_entry: [ { entry: 2, guest_debug: { enable: false } } ]',
      'expect:',
      '  user_exits: [KVM_EXIT_DEBUG]',
      '  fields: { vcpu.guest_debug: 0, "vcpu.arch.ctxt.sys_regs[22]": 0, run.debug.arch.hsr: 0xc2000022 }',
    ],
    `\tnop\n\tnop\n${hvc(0)}`,
  );
  assert.is(done.exits.length, 2);
});

test('single step: an exit after each instruction', () => {
  passes(
    [
      VCPU,
      'guest_debug: { singlestep: true }',
      'entries: 3',
      'expect:',
      '  user_exits: [KVM_EXIT_DEBUG, KVM_EXIT_DEBUG, KVM_EXIT_DEBUG]',
      '  fields: { vcpu.arch.ctxt.gp_regs.regs.pc: 0x8000000c }',
    ],
    '\tnop\n\tnop\n\tnop\n\tnop\n',
  );
});

test('BRK in a guest that is debugged by software breakpoints', () => {
  passes([VCPU, 'guest_debug: { use_sw_bp: true }', 'expect: { user_exits: [KVM_EXIT_DEBUG] }'], '\tbrk #1\n');
});

test('MMIO: a store, and a load whose answer the guest goes on with', () => {
  passes(
    [
      VCPU,
      'devices: [ { address: 0x09000000, answers: [0x5a] } ]',
      'entries: 3',
      'expect:',
      '  user_exits: [KVM_EXIT_MMIO, KVM_EXIT_MMIO]',
      '  fields: { vcpu.arch.ctxt.gp_regs.regs.regs[3]: 0x5a, vcpu.arch.fault.esr_el2: 0x5a000000 }',
    ],
    `\tmov x1, #0x09000000\n\tmov w2, #7\n\tstr w2, [x1]\n\tldr w3, [x1, #4]\n${hvc(0)}`,
  );
});

test('guest memory that is not mapped yet is mapped on the first access, and made writable on the first write', () => {
  passes(
    [
      VCPU,
      'memory: [ { address: 0x90000000, size: 0x2000 } ]',
      'entries: 3',
      'expect: { exits: [1, 1, 1], fields: { vcpu.arch.ctxt.gp_regs.regs.regs[4]: 0x77 } }',
    ],
    `\tmov x1, #0x90000000\n\tldr x2, [x1]\n\tmov x3, #0x77\n\tstr x3, [x1]\n\tldr x4, [x1]\n${hvc(0)}`,
  );
});

test('an IRQ while the guest runs ends the entry, and the guest goes on where it was', () => {
  passes(
    [
      VCPU,
      'entries: 2',
      'events: [ { raise: irq, at: { symbol: here } } ]',
      'expect: { exits: [ARM_EXCEPTION_IRQ, ARM_EXCEPTION_TRAP], fields: { vcpu.arch.ctxt.gp_regs.regs.regs[1]: 1 } }',
    ],
    `\tmov x1, #0\n\t.globl here\nhere:\n\tadd x1, x1, #1\n${hvc(0)}`,
  );
});

test('an event that never comes is told with its place, its number, and what it waits for', () => {
  const events = [
    'events:',
    '  - { raise: irq, at: { step: 100000 } }',
    '  - raise: fiq',
    '    at: { symbol: guest_start, occurrence: 3 }',
    '  - { raise: serror, at: { cycle: 9999999 } }',
    '  - { raise: irq, at: { symbol: panic } }',
  ];
  const { failures, run: ended } = run([VCPU, ...events], hvc(0));
  const steps = ended.ready.recording.length;
  const { cycles } = ended.ready.machine.cpu.clock;
  assert.equal(failures, [
    `${path}:7:5: event 1 never came: irq at step 100000; the run has ended after ${steps} steps`,
    `${path}:8:5: event 2 never came: fiq at arrival 3 at guest_start; the run has come there 1 time`,
    `${path}:10:5: event 3 never came: serror at cycle 9999999; the run has ended in cycle ${cycles}`,
    `${path}:11:5: event 4 never came: irq at panic; the run has not come there`,
  ]);
});

test("an event at a guest's symbol does not come where the host has code at the same address", () => {
  // Host and guest are linked at 0x40080000. The host executes what is at 0x40080008 before it enters the guest.
  const { run: ended } = passes(
    [
      'machine: { mmu: false }',
      VCPU,
      'entries: 2',
      'events: [ { raise: irq, at: { symbol: here } } ]',
      'before_entry: [ { entry: 2, expect: { vcpu.arch.ctxt.gp_regs.regs.regs[1]: 1 } } ]',
      'expect: { exits: [ARM_EXCEPTION_IRQ, ARM_EXCEPTION_TRAP] }',
    ],
    `\tmov x1, #1\n\tnop\n\t.globl here\nhere:\n\tmov x1, #2\n${hvc(0)}`,
    '0x40080000',
  );
  const symbol = (image: typeof ended.ready.guest, name: string) => image?.symbol(name)?.address;
  assert.is(symbol(ended.ready.guest, 'here'), symbol(ended.ready.kernel, 'host_start')! + 8n);
});

test("an event at a guest's symbol comes where the guest has it at another virtual address", () => {
  // Blocks of 1 GB: 0x40000000 leads to 0x80000000, as 0x80000000 does.
  const entry = (address: number) => `\t.quad ${address + 0x701}\n`;
  passes(
    [
      VCPU,
      'entries: 2',
      'events: [ { raise: irq, at: { symbol: here, occurrence: 2 } } ]',
      'before_entry: [ { entry: 2, expect: { vcpu.arch.ctxt.gp_regs.regs.pc: 0x40000ff8 } } ]',
      'expect: { exits: [ARM_EXCEPTION_IRQ, ARM_EXCEPTION_TRAP] }',
    ],
    `\tadr x0, level1\n\tmsr ttbr0_el1, x0\n\tldr x0, =0x200803519\n\tmsr tcr_el1, x0\n` +
      `\tmov x0, #0xff\n\tmsr mair_el1, x0\n\tldr x0, =0x30d01805\n\tmsr sctlr_el1, x0\n\tisb\n` +
      `\tbl here\n\tldr x0, =0x40000ff8\n\tblr x0\n${hvc(0)}\t.ltorg\n` +
      `\t.org 0xff8\n\t.globl here\nhere:\n\tret\n\t.org 0x1000\n` +
      `level1:\n\t.quad 0\n${entry(0x8000_0000)}${entry(0x8000_0000)}\t.fill 509, 8, 0\n`,
  );
});

test('an event at a symbol that is not there is one error', () => {
  assert.throws(() => run([VCPU, 'events: [ { raise: irq, at: { symbol: nowhere } } ]'], hvc(0)), /symbol 'nowhere'/);
});

/** EL1 vectors in which an IRQ at EL1h acknowledges and ends the interrupt, leaving its number in x9. */
const vectors = (acknowledge: string) =>
  `\t.balign 2048\nvectors:\n\t.skip 0x280\n${acknowledge}\n\teret\n\t.balign 2048\n`;
const enableVectors = '\tadr x0, vectors\n\tmsr vbar_el1, x0\n\tisb\n';
const acknowledgeV2 = '\tldr w9, [x8, #0xc]\n\tstr w9, [x8, #0x10]';
const enableV2 = '\tmov x8, #0x08010000\n\tmov w1, #1\n\tstr w1, [x8]\n\tmov w1, #0xff\n\tstr w1, [x8, #4]\n';
const unmask = '\tmsr daifclr, #2\n\tnop\n\tnop\n';

test('GICv2: a virtual interrupt reaches the guest through a list register', () => {
  passes(
    [
      VCPU,
      'before_entry: [ { entry: 1, irq: [40] } ]',
      'expect: { fields: { vcpu.arch.ctxt.gp_regs.regs.regs[9]: 40, vcpu.arch.vgic_cpu.vgic_v2.vgic_elrsr: 15 } }',
    ],
    `${enableVectors}${enableV2}${unmask}${hvc(0)}${vectors(acknowledgeV2)}`,
  );
});

test('GICv3: the same by system registers', () => {
  passes(
    [
      VCPU,
      'machine: { gic: v3 }',
      'before_entry: [ { entry: 1, irq: [40] } ]',
      'expect: { fields: { vcpu.arch.ctxt.gp_regs.regs.regs[9]: 40 } }',
    ],
    `${enableVectors}\tmov x1, #0xff\n\tmsr icc_pmr_el1, x1\n\tmov x1, #1\n\tmsr icc_igrpen1_el1, x1\n\tisb\n${unmask}${hvc(0)}` +
      vectors('\tmrs x9, icc_iar1_el1\n\tmsr icc_eoir1_el1, x9'),
  );
});

test('the virtual timer fires: a physical interrupt ends the entry, the next brings interrupt 27', () => {
  passes(
    [
      VCPU,
      'entries: 2',
      'expect: { exits: [ARM_EXCEPTION_IRQ, ARM_EXCEPTION_TRAP], fields: { vcpu.arch.ctxt.gp_regs.regs.regs[9]: 27 } }',
    ],
    `${enableVectors}${enableV2}\tmov x9, #0\n\tmrs x1, cntvct_el0\n\tadd x1, x1, #8\n\tmsr cntv_cval_el0, x1\n\tmov x1, #1\n` +
      `\tmsr cntv_ctl_el0, x1\n\tisb\n${unmask}wait:\tcbz x9, wait\n${hvc(0)}${vectors(acknowledgeV2)}`,
  );
});

test('PSCI SYSTEM_OFF ends the run in user space', () => {
  const { run: done } = passes(
    [VCPU, 'entries: 5', 'expect: { user_exits: [KVM_EXIT_SYSTEM_EVENT], fields: { run.system_event.type: 1 } }'],
    '\tldr w0, =0x84000008\n\thvc #0\n\t.ltorg\n',
  );
  assert.is(done.exits.length, 1);
});

test('two vcpus take turns, each with its own registers', () => {
  passes(
    [
      VCPU,
      'vcpus: 2',
      'entries: 4',
      'expect: { fields: { vcpu.arch.ctxt.gp_regs.regs.regs[5]: 2, vcpu1.arch.ctxt.gp_regs.regs.regs[5]: 0x102 } }',
    ],
    `\tmrs x1, mpidr_el1\n\tand x1, x1, #1\n\tlsl x5, x1, #8\nagain:\tadd x5, x5, #1\n${hvc(0)}\tb again\n`,
  );
});

test('KVM_SET_ONE_REG and KVM_GET_ONE_REG between entries, and an error that is expected', () => {
  passes(
    [
      VCPU,
      'entries: 2',
      'before_entry:',
      '  - entry: 2',
      '    one_reg:',
      '      - { set: "core.regs.regs[7]", value: 0x99 }',
      '      - { get: "core.regs.regs[7]", value: 0x99 }',
      '      - { set: tpidr_el1, value: 0x55 }',
      '      - { get: "0x6030000000138fff", errno: ENOENT }',
      'expect: { fields: { vcpu.arch.ctxt.gp_regs.regs.regs[8]: 0xee } }',
    ],
    `${hvc(0)}\tmrs x1, tpidr_el1\n\tadd x8, x1, x7\n${hvc(0)}`,
  );
});

test('what must hold between two entries is told with its place where it does not', () => {
  const write = `\tmov x1, #0x1234\n\tmsr dbgbvr0_el1, x1\n${hvc(0)}`;
  const between = (flags: string) => [
    'entries: 2',
    `before_entry: [ { entry: 2, expect: { vcpu.arch.debug_flags: ${flags} } } ]`,
  ];
  passes(between('KVM_ARM64_DEBUG_DIRTY'), write);
  const { failures } = run(between('0'), write);
  assert.is(failures.length, 1);
  assert.match(failures[0]!, /host-side\.yaml:\d+:\d+: vcpu\.arch\.debug_flags is 0x1, expected 0x0$/);
});

test('how many times a routine is entered is counted over all entries', () => {
  const times = (n: number) => ['entries: 3', `expect: { times: { __kvm_vcpu_run: ${n}, __save_debug: 0 } }`];
  const calls = `${hvc(0)}${hvc(0)}${hvc(0)}`;
  passes(times(3), calls);
  assert.match(run(times(2), calls).failures[0]!, /: __kvm_vcpu_run was entered 3 times, expected 2$/);
});

const AARCH32 = (exits: string) => `guest: { aarch32: true, exits: [${exits}] }`;

test('a 32-bit guest: its exits are scripted, its state is switched, CP14 is handled', () => {
  passes([
    AARCH32('{ esr: 0x15f00028, registers: { x1: 0x1234, dacr32_el2: 0x55555555 } }, { esr: 0x4a000000 }'),
    'entries: 2',
    'expect:',
    '  exits: [1, 1]',
    '  fields: { vcpu.arch.debug_flags: 0, "vcpu.arch.ctxt.sys_regs[24]": 0x55555555 }',
    '  phases: [__kvm_vcpu_return]',
  ]);
});

test('a 32-bit guest that uses FP has it switched at EL2 and goes on to its next exit', () => {
  passes([
    AARCH32('{ esr: 0x1fe00000 }, { esr: 0x4a000000, registers: { v0.d0: 0x1234 } }'),
    'expect: { exits: [1], phases: [switch_to_guest_fpsimd] }',
  ]);
});

test('a 32-bit guest without an exit left stops the run with a message that names the key', () => {
  assert.throws(() => run([AARCH32('')]), /not modelled: AArch32 code.*guest\.exits/);
});

test('a panic can be expected', () => {
  passes(
    [VCPU, 'events: [ { raise: serror, at: { symbol: guest_start } } ]', 'expect: { ending: panic }'],
    '\tnop\n\tnop\n',
  );
});

test('what user space was to do before an entry that never comes is told, with its place', () => {
  const { failures } = run(
    [VCPU, 'entries: 2', 'before_entry:', '  - { entry: 3, expect: { vcpu.arch.debug_flags: 7 } }'],
    `${hvc(0)}${hvc(0)}`,
  );
  assert.equal(
    failures.map((line) => line.replace(`${path}:`, '')),
    ['8:14: entry 3 never came: the host has entered the guest 2 times'],
  );
});

test('a vcpu that there is none of is told where before_entry names it', () => {
  assert.throws(
    () => run([VCPU, 'before_entry:', '  - { entry: 1, vcpu: 3, irq: [40] }'], hvc(0)),
    (error: unknown) => {
      const [diagnostic] = diagnosticsOf(error) ?? [];
      const at = positionOf(diagnostic!.place!);
      return `${at.line}:${at.column}: ${diagnostic!.message}` === "7:23: there is no vcpu 3 (key 'vcpus')";
    },
  );
});

test.run();
