import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodings } from '../../asm/a64/encoding.ts';
import { cpuModel, featuresOf, modelNames } from '../../sim/core/models.ts';
import { makeOperation, semanticsOf } from '../../sim/exec/instruction-set.ts';
import { CODE, Processor } from './processor.ts';

const table = suite('instruction set');

table('every row of the instruction table that some processor has is executed', () => {
  const features = new Set(modelNames.flatMap((name) => [...featuresOf(cpuModel(name))]));
  const missing = encodings
    .filter((encoding) => encoding.feature === undefined || features.has(encoding.feature))
    .filter((encoding) => semanticsOf(encoding) === undefined)
    .map(({ name, variant }) => `${name} ${variant ?? ''}`);
  assert.equal(missing, []);
});

table('every row makes an operation, whatever its fields hold', () => {
  const { machine } = new Processor({ model: cpuModel('neoverse-n1') });
  for (const encoding of encodings) {
    for (const rest of [0, ~encoding.mask]) {
      const word = (encoding.template | rest) >>> 0;
      if (encoding.undefinedWhen === undefined) makeOperation({ encoding, word }, 0, 0, machine);
    }
  }
});

table('an instruction of an extension the processor lacks is UNDEFINED', () => {
  for (const line of ['ldadd x0, x1, [x2]', 'ldlar x0, [x1]', 'pacga x0, x1, x2', 'stg x0, [x1]', 'sb', 'cfinv']) {
    const processor = new Processor();
    processor.execute(line);
    assert.is(processor.read('esr_el2'), 0x0200_0000n, line);
    assert.is(processor.read('elr_el2'), CODE, line);
  }
});

table('pointer authentication by hints does nothing without FEAT_PAuth', () => {
  const processor = new Processor();
  processor.write({ lr: 0x4000_1234n, x17: 5 });
  processor.execute('paciasp', 'autiasp', 'pacia1716', 'xpaclri', 'bti c', 'nop');
  assert.is(processor.read('lr'), 0x4000_1234n);
  assert.is(processor.read('x17'), 5n);
  assert.is(processor.read('pc'), CODE + 24n);
});

table('an unallocated word is UNDEFINED, and no operation', () => {
  const processor = new Processor();
  processor.machine.memory.poke(CODE, 4, 0xffff_ffffn);
  processor.write({ vbar_el2: 0x4000_1000n });
  assert.is(processor.machine.next(), undefined);
  assert.is(processor.machine.step(), undefined);
  assert.is(processor.read('esr_el2'), 0x0200_0000n);
});

table('an allocated instruction that the table lacks stops the run and is named by its word and place', () => {
  const processor = new Processor();
  // FADD D0, D1, D2.
  processor.machine.memory.poke(CODE, 4, 0x1e62_2820n);
  assert.throws(() => processor.step(), /not modelled: .*0x1e622820.*0x40000000/);
});

table('code that is written over is decoded anew', () => {
  const processor = new Processor();
  processor.execute('mov x0, #1');
  processor.write({ pc: CODE, x1: 0xd280_0040, x2: CODE });
  processor.load(['mov x0, #1']);
  processor.step();
  assert.is(processor.read('x0'), 1n);
  // mov x0, #2 over it, from the page that runs.
  processor.load(['str w1, [x2]', 'b .+-8'], CODE + 4n);
  processor.machine.run(3);
  assert.is(processor.read('x0'), 2n);
});

table.run();
