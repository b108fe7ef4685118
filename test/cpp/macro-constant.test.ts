import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { macroConstant, macroExpression, preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';

test('after a run the standing macros are evaluated as #if would', () => {
  const text = '#define BIT(n) (1UL << (n))\n#define FLAGS (BIT(3) | 1)\n#define NOT_A_NUMBER struct x\nint end;\n';
  const tokens = preprocessSource(new SourceFile('a.c', text), {
    files: new MemoryFiles(),
    language: 'c',
    diagnostics: new Diagnostics(),
  });
  while (tokens.next().kind !== 'end');
  assert.is(macroConstant(tokens, 'FLAGS'), 9n);
  assert.is(macroExpression(tokens, 'FLAGS & ~1'), 8n);
  assert.is(macroExpression(tokens, 'BIT(4) + 1'), 17n);
  assert.is(macroExpression(tokens, 'FLAGS FLAGS'), undefined);
  assert.is(macroExpression(tokens, 'FLAGS +'), undefined);
  assert.is(macroConstant(tokens, 'NOT_A_NUMBER'), undefined);
  assert.is(macroConstant(tokens, 'NOT_DEFINED'), undefined);
});

test.run();
