/** `.altinstructions` applied (Linux arch/arm64/kernel/alternative.c). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../../asm/link/image.ts';
import { type LinkOptions, link } from '../../asm/link/link.ts';
import { diagnosticsOf } from '../../asm/source/diagnostics.ts';
import { assemble } from '../gas/program.ts';

/** A record: {s32 original, s32 replacement, u16 feature, u8 size, u8 replacement size}. */
const MACROS = `	.macro alternative old, new, feature
661:	\\old
662:	.pushsection .altinstructions, "a"
	.word 661b - .
	.word 663f - .
	.hword \\feature
	.byte 662b - 661b, 664f - 663f
	.popsection
	.pushsection .altinstr_replacement, "ax"
663:	\\new
664:	.popsection
	.endm
`;

function linked(text: string, features: readonly number[], options: LinkOptions = {}): Image {
  const places = [
    { section: '.text', address: 0x10000n },
    { section: '.altinstr_replacement', address: 0x24000n },
  ];
  return link([assemble(MACROS + text)], { placement: places, alternatives: new Set(features), ...options });
}

function codeOf(image: Image): string[] {
  const { bytes } = image.segments.find(({ section }) => section === '.text')!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true).toString(16));
}

// Encodings: Arm ARM C6.2.
const NOP = 'd503201f';
const RET = 'd65f03c0';

test('only the alternatives of the features asked for are applied', () => {
  const text = '\talternative nop, ret, 5\n\talternative nop, ret, 6\n';
  assert.equal(codeOf(linked(text, [])), [NOP, NOP]);
  assert.equal(codeOf(linked(text, [5])), [RET, NOP]);
  assert.equal(codeOf(linked(text, [5, 6])), [RET, RET]);
});

test('without features the sections are as linked', () => {
  assert.equal(codeOf(linked('\talternative nop, ret, 5\n', [], { alternatives: undefined })), [NOP]);
});

test('a branch that leaves the replacement goes to the same target from its new place', () => {
  const code = codeOf(
    linked('target:\tnop\n\talternative nop, "bl target", 1\n\talternative nop, "b.eq target", 1\n', [1]),
  );
  assert.equal(code, [NOP, '97ffffff', '54ffffc0']);
});

test('a branch inside the replacement stays as it is', () => {
  const code = codeOf(linked('\talternative "nop; nop", "b 1f; 1: ret", 1\n', [1]));
  assert.equal(code, ['14000001', RET]);
});

test('an adrp goes to the same page from its new place', () => {
  const code = codeOf(linked('target:\tnop\n\talternative nop, "adrp x0, target", 1\n', [1]));
  assert.equal(code, [NOP, '90000000']);
});

test('a record without replacement asks the callback', () => {
  const text = `661:	nop
	nop
662:	.pushsection .altinstructions, "a"
	.word 661b - .
	.word patch - .
	.hword (1 << 15) | 7
	.byte 662b - 661b, 0
	.popsection
	.global patch
patch:	ret
`;
  assert.equal(codeOf(linked(text, [7])), [NOP, NOP, RET], 'without a callback the code stays');
  const asked: string[] = [];
  const image = linked(text, [7], {
    alternativeCallback: (name, original, address, feature) => {
      asked.push(`${name} ${original.length} 0x${address.toString(16)} ${feature}`);
      return original.map(() => 0xd65f03c0);
    },
  });
  assert.equal(asked, ['patch 2 0x10000 7']);
  assert.equal(codeOf(image), [RET, RET, RET]);
});

test('a replacement of another length is an error', () => {
  try {
    linked('\talternative nop, "nop; nop", 1\n', [1]);
    assert.unreachable();
  } catch (error) {
    assert.match(diagnosticsOf(error)![0]!.message, /the alternative for 0x10000 has 8 bytes in place of 4/);
  }
});

test('a literal load cannot be moved', () => {
  try {
    linked('x:\tnop\n\talternative nop, "ldr x0, x", 1\n', [1]);
    assert.unreachable();
  } catch (error) {
    assert.match(diagnosticsOf(error)![0]!.message, /holds an address that cannot be moved there/);
  }
});

test.run();
