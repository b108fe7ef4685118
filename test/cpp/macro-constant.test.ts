import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { macroConstant, preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';

test('after a run the standing macros are evaluated as #if would', () => {
  const text = '#define BIT(n) (1UL << (n))\n#define FLAGS (BIT(3) | 1)\n#define NOT_A_NUMBER struct x\nint end;\n';
  const tokens = preprocessSource(new SourceFile('a.c', text), {
    files: new MemoryFiles(),
    language: 'c',
    defines: ['ASKED=(FLAGS & ~1)'],
    diagnostics: new Diagnostics(),
  });
  while (tokens.next().kind !== 'end');
  assert.is(macroConstant(tokens, 'FLAGS'), 9n);
  assert.is(macroConstant(tokens, 'ASKED'), 8n);
  assert.is(macroConstant(tokens, 'NOT_A_NUMBER'), undefined);
  assert.is(macroConstant(tokens, 'NOT_DEFINED'), undefined);
});

test.run();
