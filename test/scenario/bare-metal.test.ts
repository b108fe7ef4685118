/** ELF files on the board: where they are loaded, what state they start in, and how they end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryFiles } from '../../asm/source/files.ts';
import { readPstate } from '../../sim/core/pstate.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { BareMetalRun } from '../../sim/scenario/bare-metal-run.ts';
import { code, elfFile, PROGRAM, program } from './elf-program.ts';

const MIB = 1 << 20;

function prepare(file: Uint8Array, send?: (byte: number) => void, gic?: 'v2' | 'v3') {
  return prepareBareMetal('a.elf', { files: new MemoryFiles({ 'a.elf': file }), ram: 2 * MIB, send, gic });
}

/** Runs a program to its end. */
function run(file: Uint8Array, limit?: number) {
  let output = '';
  const ready = prepare(file, (byte) => {
    output += String.fromCharCode(byte);
  });
  const started = new BareMetalRun(ready, limit);
  started.finish();
  return { run: started, ready, output, x: (n: number) => ready.machine.cpu.cells[n]! };
}

const exit = ['mov x0, #0x18', 'hlt #0xf000'];

test('a program starts in EL2h with interrupts masked, the MMU off, and registers that are zero', () => {
  const { machine } = prepare(program('nop'));
  assert.is(machine.cpu.pc, PROGRAM);
  // QEMU's reset leaves the Z flag set.
  assert.is(readPstate(machine.cpu), 0x4000_03c9);
  for (let n = 0; n < 31; n++) assert.is(machine.cpu.cells[n], 0n);
  assert.is(machine.systemRegisters.named('sctlr_el2')!.read() & 1n, 0n);
});

test('segments are loaded by physical address, zeros behind their bytes, and the entry point is translated', () => {
  const high = 0xffff_0000_4000_0000n;
  const file = elfFile({
    segments: [{ virtualAddress: high, physicalAddress: PROGRAM, bytes: code('nop', 'b .+0'), memorySize: 64 }],
    entry: high + 4n,
  });
  const ready = prepare(file);
  assert.is(ready.machine.cpu.pc, PROGRAM + 4n);
  assert.is(ready.machine.physical.read32(PROGRAM), 0xd503201f);
  assert.is(ready.machine.physical.read64(PROGRAM + 56n), 0n);
});

const faults: readonly [what: string, file: Uint8Array, message: RegExp][] = [
  ['a relocatable file', elfFile({ segments: [], entry: 0n, type: 1 }), /^a\.elf: .*linked first/],
  ['another machine', elfFile({ segments: [], entry: 0n, machine: 62 }), /^a\.elf: machine 62 is not AArch64/],
  ['nothing to load', elfFile({ segments: [], entry: 0n }), /^a\.elf: no segment to load/],
  [
    'a segment below RAM',
    elfFile({ segments: [{ virtualAddress: 0n, bytes: code('nop') }], entry: 0n }),
    /^a\.elf: a segment at 0x0 to 0x4 is outside RAM, 0x40000000 to 0x40200000/,
  ],
  [
    'a segment that ends behind RAM',
    elfFile({ segments: [{ virtualAddress: PROGRAM, bytes: code('nop'), memorySize: 2 * MIB }], entry: PROGRAM }),
    /outside RAM/,
  ],
  ['a file cut short', program('nop', 'nop').subarray(0, 122), /^a\.elf: a segment .* lies beyond the end of the file/],
  ['no file', new Uint8Array(0), /^a\.elf: not an ELF file/],
];

for (const [what, file, message] of faults) {
  test(`${what} is told in one message`, () => {
    assert.throws(() => prepare(file), message);
  });
}

test('the UART sends what is written to its data register', () => {
  const { output } = run(
    program('mov x1, #0x09000000', 'mov w2, #72', 'strb w2, [x1]', 'mov w2, #105', 'str w2, [x1]', 'b .+0'),
  );
  assert.is(output, 'Hi');
});

test('SYS_WRITEC and SYS_WRITE0 send to the console, SYS_EXIT ends with the status of its block', () => {
  const lines = ['adr x1, .+36', 'mov x0, #4', 'hlt #0xf000', 'adr x1, .+24', 'mov x0, #3', 'hlt #0xf000'];
  const { run: ended, output } = run(
    elfFile({
      segments: [
        {
          virtualAddress: PROGRAM,
          bytes: Uint8Array.from([
            ...code(...lines, 'adr x1, .+16', ...exit),
            ...new TextEncoder().encode('abc\0'),
            ...new Uint8Array(BigUint64Array.of(0x20026n, 7n).buffer),
          ]),
        },
      ],
      entry: PROGRAM,
    }),
  );
  assert.is(output, 'abca');
  assert.equal(ended.ending, { kind: 'exit', status: 7, call: 'SYS_EXIT' });
  assert.is(ended.status, 7);
});

test('an exit for another reason than the end of the program is status 1', () => {
  const { run: ended } = run(program('adr x1, .+0', ...exit));
  assert.is(ended.status, 1);
});

test('a semihosting call that there is not stops the run, and EL0 may make none', () => {
  assert.throws(() => run(program('mov x0, #0x55', 'hlt #0xf000')), /not modelled: the semihosting call 0x55/);
  const lines = ['adr x0, .+16', 'msr elr_el2, x0', 'msr spsr_el2, xzr', 'eret', 'mov x0, #3', 'hlt #0xf000'];
  const { ready } = run(program('mov x0, #0x80000000', 'msr hcr_el2, x0', ...lines), 20);
  assert.is(ready.recording.exceptionAt(7)!.esr, 0x0200_0000n);
});

test('PSCI by SMC: a version, a refusal, and SYSTEM_OFF, which ends with status 0', () => {
  const { run: ended, x } = run(
    program(
      ...['mov x0, #0x84000000', 'smc #0', 'mov x19, x0'],
      ...['mov x0, #0x84000000', 'add x0, x0, #0x99', 'smc #0', 'mov x20, x0'],
      ...['mov x0, #0x84000000', 'add x0, x0, #8', 'smc #0'],
    ),
  );
  assert.is(x(19), 0x1_0001n);
  assert.is(x(20), 0xffff_ffff_ffff_ffffn);
  assert.equal(ended.ending, { kind: 'power', call: 'SYSTEM_OFF' });
  assert.is(ended.status, 0);
});

test('HCR_EL2.TSC keeps EL1 from the firmware', () => {
  const { ready } = run(
    program(
      ...['mov x0, #0x80000000', 'orr x0, x0, #0x80000', 'msr hcr_el2, x0', 'mov x0, #0x3c5', 'msr spsr_el2, x0'],
      ...['adr x0, .+12', 'msr elr_el2, x0', 'eret', 'smc #3'],
    ),
    10,
  );
  assert.is(ready.recording.exceptionAt(8)!.esr, 0x5e00_0003n);
});

const halts: readonly [what: string, lines: readonly string[]][] = [
  ['a branch to itself with interrupts masked', ['b .+0']],
  ['WFI with no timer running', ['wfi', 'b .+-4']],
  ['a loop of WFE', ['wfe', 'b .+-4']],
];

for (const [what, lines] of halts) {
  test(`${what} is the end, with status 0`, () => {
    const { run: ended } = run(program(...lines), 100);
    assert.is(ended.ending!.kind, 'halted');
    assert.is(ended.status, 0);
  });
}

test('a WFE that is not in a loop of its own is passed', () => {
  const { x } = run(program('wfe', 'mov x19, #1', 'nop', 'wfe', 'mov x20, #1', 'b .+0'));
  assert.equal([x(19), x(20)], [1n, 1n]);
});

test('WFI passes the time until the timer, and no steps', () => {
  const { ready, x } = run(
    program(
      ...['mov x0, #1000', 'msr cnthp_tval_el2, x0', 'mov x0, #1', 'msr cnthp_ctl_el2, x0'],
      ...['wfi', 'mrs x19, cnthp_ctl_el2', 'b .+0'],
    ),
  );
  assert.is(x(19), 5n);
  assert.ok(ready.recording.length < 10);
  // 16 cycles a tick.
  assert.ok(ready.recording.cycleAt(5) >= 16_000);
});

test('the clock is the same when the run goes back over a wait and on again', () => {
  const lines = ['mov x0, #1000', 'msr cnthp_tval_el2, x0', 'mov x0, #1', 'msr cnthp_ctl_el2, x0', 'wfi'];
  const ready = prepare(program(...lines, 'mrs x19, cnthp_ctl_el2'));
  const started = new BareMetalRun(ready);
  for (let n = 0; n < lines.length; n++) started.advance();
  ready.recording.seek(0);
  ready.recording.seek(lines.length);
  started.advance();
  assert.is(ready.machine.cpu.cells[19], 5n);
});

test('an exception whose vector holds no code is told, and not gone through for ever', () => {
  const { run: ended } = run(program('udf #0'));
  assert.equal(ended.ending, { kind: 'stuck', vector: 0x200n });
  assert.is(ended.status, 1);
});

test('the limit of steps is an end of its own', () => {
  const { run: ended } = run(program('nop', 'b .+-4'), 50);
  assert.is(ended.ending?.kind, 'limit');
  assert.is(ended.status, 1);
  assert.is(
    ended.endingText,
    'the run has been stopped at its limit of 50 steps: the last 50 steps went round in EL2 from 0x40080000, ' +
      'to 0x40080004; --steps sets another',
  );
});

test.run();
