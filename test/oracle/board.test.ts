/**
 * The board compared with QEMU's virt machine: a program that calls the firmware and semihosting, in lockstep.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { prepareBareMetal } from '../../sim/scenario/bare-metal.ts';
import { compareWithLog, logQemu, qemuArguments } from './lockstep.ts';
import { inTempFolder, runTool, withTools } from './tools.ts';

const board = suite('board');

/** Every call that has a result which does not depend on time. */
const calls = `
.macro semihost number, block
  ldr x1, =\\block
  mov x0, #\\number
  hlt #0xf000
  mov x28, x0
.endm
.macro psci function, first = 0, second = 0
  ldr x0, =\\function
  ldr x1, =\\first
  ldr x2, =\\second
  smc #7
  mov x27, x0
.endm
.globl _start
_start:
  semihost 0x04, text
  semihost 0x03, text
  semihost 0x01, open
  semihost 0x01, absent
  semihost 0x13, text
  semihost 0x05, write
  semihost 0x0c, handle
  semihost 0x02, handle
  semihost 0x02, handle
  semihost 0x13, text
  semihost 0x08, handle
  semihost 0x08, error
  semihost 0x31, text
  semihost 0x16, heap
  ldp x10, x11, [x1]
  ldr x2, =heapinfo
  ldp x12, x13, [x2]
  ldp x14, x15, [x2, #16]
  semihost 0x15, command
  semihost 0x15, short
  semihost 0x01, features
  semihost 0x0c, handle
  semihost 0x06, read
  ldr x2, =buffer
  ldr x26, [x2]
  psci 0x84000000
  psci 0x84000006
  psci 0x84000004
  psci 0xc4000004, 1
  psci 0xc4000004, 1, 1
  psci 0xc4000003
  psci 0xc4000003, 1
  psci 0x84000001, 0xffffffff
  psci 0x84000005
  psci 0x8400000a, 0x84000008
  psci 0x8400000a, 0xc4000003
  psci 0x8400000a, 0x84000005
  psci 0x12345678
  semihost 0x18, exit
.ltorg
.balign 8
handle: .quad 1
error: .quad -1
open: .quad console, 4, 3
absent: .quad text, 0, 4
features: .quad name, 0, 21
write: .quad 1, text, 4
read: .quad 1, buffer, 16
heap: .quad heapinfo
command: .quad buffer, 64
short: .quad buffer, 2
exit: .quad 0x20026, 0
heapinfo: .quad 0, 0, 0, 0
buffer: .space 64
text: .asciz "text"
console: .asciz ":tt"
name: .asciz ":semihosting-features"
`;

withTools(board, ['qemu-system-aarch64', 'aarch64-linux-gnu-gcc'], 'calls of firmware and semihosting', () => {
  inTempFolder((folder) => {
    const source = join(folder, 'calls.S');
    const elf = join(folder, 'calls.elf');
    writeFileSync(source, calls);
    const link = ['-nostdlib', '-static', '-Wl,-Ttext=0x40080000', '-Wl,--build-id=none'];
    const { status, stderr } = runTool('aarch64-linux-gnu-gcc', [...link, source, '-o', elf]);
    assert.is(status, 0, stderr);
    const { log } = logQemu([...qemuArguments('cortex-a57', undefined, 128), '-kernel', elf], folder);
    const { machine } = prepareBareMetal(elf, { files: new NodeFiles(), cpu: 'cortex-a57' });
    const result = compareWithLog(machine, log);
    assert.type(result, 'number', typeof result === 'number' ? '' : result.text);
    assert.ok((result as number) > 100);
  });
});

board.run();
