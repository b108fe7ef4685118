import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { X0 } from '../../sim/core/registers.ts';
import { jsonLines } from '../../sim/formats/jsonl.ts';
import { DATA } from '../recording/el2-machine.ts';
import { STRUCT, trace } from './traced-program.ts';

const PROGRAM = `start: mov w1, #5
str w1, [x21]
stp x1, x20, [x20, #16]
cmp x1, #9
bl next
next: hvc #1`;

const lines = [...jsonLines(trace(PROGRAM, 7))];

test('a step is one line of JSON with the keys of the contract, in their order', () => {
  assert.is(
    lines[1],
    `{"step":1,"cycle":0,"el":2,"pc":"0x40010004","word":"0xb90002a1","text":"str w1, [x21]","symbol":"start+0x4",` +
      `"line":"hyp.S:101","writes":[{"mem":"0x${STRUCT.toString(16)}","pa":"0x${STRUCT.toString(16)}","size":4,` +
      `"old":"0x0","new":"0x5","field":"vcpu.flags"}]}`,
  );
});

test('a register write tells its name, old and new value; a step without writes an empty list', () => {
  assert.equal(JSON.parse(lines[0]!).writes, [{ reg: 'x1', old: '0x0', new: '0x5' }]);
  assert.equal(JSON.parse(lines[3]!).writes, [{ reg: 'nzcv', old: '0x0', new: '0x80000000' }]);
  assert.is([...jsonLines(trace('nop', 1))][0]!.endsWith('"writes":[]}'), true);
});

test('memory without a name has no field', () => {
  const data = `0x${(DATA + 16n).toString(16)}`;
  const writes = JSON.parse(lines[2]!).writes;
  assert.equal(writes[0], { mem: data, pa: data, size: 8, old: '0x0', new: '0x5' });
  assert.is(writes.length, 2);
});

test('branch targets are told with their symbol', () => {
  assert.is(JSON.parse(lines[4]!).text, 'bl 40010014 <next>');
});

test('an exception follows the writes', () => {
  const step = JSON.parse(lines[5]!);
  assert.equal(Object.keys(step).slice(-2), ['writes', 'exception']);
  assert.equal(step.exception, {
    kind: 'sync',
    from: 2,
    to: 2,
    esr: '0x5a000001',
    elr: '0x40010018',
    vector: '0x200',
  });
});

test('where no instruction was executed there is no word, text, symbol or line', () => {
  assert.equal(Object.keys(JSON.parse(lines[6]!)), ['step', 'cycle', 'el', 'pc', 'writes', 'exception']);
});

test('an exception return has neither syndrome nor vector', () => {
  const recording = trace('adr x1, 1f; msr elr_el2, x1; mov x1, #0x3c9; msr spsr_el2, x1; eret; 1: nop', 5);
  const { exception } = JSON.parse([...jsonLines(recording)][4]!);
  assert.equal(exception, { kind: 'return', from: 2, to: 2, elr: '0x40010014' });
});

test('values of 64 bits lose nothing', () => {
  const recording = trace('mov x1, #-1', 1);
  assert.is(BigInt(JSON.parse([...jsonLines(recording)][0]!).writes[0].new), 2n ** 64n - 1n);
});

test('a part of the steps can be had, and the machine stays where it is', () => {
  const recording = trace(PROGRAM, 7);
  recording.seek(3);
  const some = [...jsonLines(recording, 2, 4)].map((line) => JSON.parse(line).step);
  assert.equal(some, [2, 3]);
  assert.equal([recording.position, recording.machine.cpu.cells[X0 + 1]], [3, 5n]);
});

test('lines are made as they are asked for', () => {
  const recording = trace('1: add x1, x1, #1; b 1b', 20_000);
  const first = jsonLines(recording).next();
  assert.is(JSON.parse(first.value as string).step, 0);
});

test.run();
