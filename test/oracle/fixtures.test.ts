/**
 * fixtures/hyp, fixtures/include and fixtures/guests, built with gcc and GNU as. What before/ and after/ have to differ
 * in is what the change to debug_ptr says (Linux commit "KVM: arm64: introduce vcpu->arch.debug_ptr").
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assembleSwitch,
  definedConstants,
  filesUnder,
  fixtures,
  gcc,
  gccOffsets,
  includeFlags,
  objdump,
  runSilently,
  type Variant,
  variants,
} from './fixtures-build.ts';
import { inTempFolder, withTools } from './tools.ts';

const nm = 'aarch64-linux-gnu-nm';

/** Bytes in 16 registers of each of the four kinds. */
const debugState = 4 * 16 * 8;

test('every file says under which licence it is', () => {
  const licences = {
    hyp: 'GPL-2.0-only',
    include: 'GPL-2.0-only',
    guests: 'MIT',
  };
  for (const [folder, licence] of Object.entries(licences)) {
    for (const file of filesUnder(join(fixtures, folder))) {
      const first = readFileSync(join(fixtures, folder, file), 'utf8').split('\n', 1)[0]!;
      assert.match(first, `SPDX-License-Identifier: ${licence}`, `${folder}/${file}`);
    }
  }
});

test('asm-offsets.h is nowhere written by hand', () => {
  const written = filesUnder(fixtures).filter((file) => file.endsWith('asm-offsets.h'));
  assert.equal(written, []);
});

test('debug_ptr goes through kern_hyp_va directly before the guest debug registers are switched', () => {
  for (const routine of ['__save_debug', '__restore_debug']) {
    const call = ['ldr x3, [x0, #VCPU_DEBUG_PTR]', 'kern_hyp_va x3', `bl ${routine}`].join('\n');
    assert.match(statements('after', 'hyp.S').join('\n'), call);
  }
});

test('the change taken back from after/hyp.S gives before/hyp.S', () => {
  const arrays = {
    DEBUG_BCR: 'DBGBCR0',
    DEBUG_BVR: 'DBGBVR0',
    DEBUG_WCR: 'DBGWCR0',
    DEBUG_WVR: 'DBGWVR0',
  };
  const gone = ['add x3, x0, #VCPU_HOST_DEBUG_STATE', 'ldr x3, [x0, #VCPU_DEBUG_PTR]', 'kern_hyp_va x3'];
  const takenBack = statements('after', 'hyp.S')
    .filter((statement) => !gone.includes(statement))
    .map((statement) => {
      const array = /^add x4, x3, #(DEBUG_[BW][CV]R)$/.exec(statement)?.[1] as keyof typeof arrays | undefined;
      return array === undefined ? statement : `add x4, x2, #CPU_SYSREG_OFFSET(${arrays[array]}_EL1)`;
    });
  assert.equal(statements('before', 'hyp.S').join('\n'), takenBack.join('\n'));
  for (const file of ['vgic-v2-switch.S', 'vgic-v3-switch.S']) {
    assert.equal(source('before', file), source('after', file), file);
  }
});

withTools(test, [gcc], 'the offsets of before/ and after/ differ as the change says', () => {
  const before = gccOffsets('before');
  const after = gccOffsets('after');
  console.log(['', ...differences(before, after)].join('\n  '));

  const added = [...after.keys()].filter((name) => !before.has(name));
  assert.equal(added.sort(), [
    'DEBUG_BCR',
    'DEBUG_BVR',
    'DEBUG_WCR',
    'DEBUG_WVR',
    'VCPU_DEBUG_PTR',
    'VCPU_HOST_DEBUG_STATE',
  ]);
  assert.equal(
    [...before.keys()].filter((name) => !after.has(name)),
    [],
  );

  assert.equal(
    ['DEBUG_BCR', 'DEBUG_BVR', 'DEBUG_WCR', 'DEBUG_WVR'].map((name) => after.get(name)),
    [0, 128, 256, 384],
  );
  assert.is(after.get('VCPU_DEBUG_PTR'), after.get('VCPU_DEBUG_FLAGS')! + 8);
  assert.is(after.get('VCPU_HOST_DEBUG_STATE'), after.get('VCPU_HOST_CONTEXT')! + 8);

  // sys_regs[] loses 64 slots; then come debug_ptr and vcpu_debug_state, and after the host's context host_debug_state.
  const shrunk = -(94 - 30) * 8;
  const moved = (name: string): number => {
    if (!name.startsWith('VCPU_') || name === 'VCPU_KVM' || name === 'VCPU_CONTEXT') return 0;
    if (before.get(name)! < before.get('VCPU_HOST_CONTEXT')!) return shrunk;
    if (name === 'VCPU_HOST_CONTEXT') return shrunk + 8 + debugState;
    return shrunk + 8 + 2 * debugState;
  };
  for (const [name, offset] of before) assert.is(after.get(name)! - offset, moved(name), name);
});

withTools(test, [gcc], 'sys_regs[] shrinks from 94 slots to 30, and MDCCINT_EL1 moves from 87 to 23', () => {
  const sizes = (variant: Variant): (number | undefined)[] =>
    inTempFolder((folder) => {
      const file = join(folder, 'sizes.c');
      const slots = ['MDSCR_EL1', 'MDCCINT_EL1', 'DACR32_EL2', 'TEEHBR32_EL1', 'NR_SYS_REGS'];
      const lines = [
        '#include <linux/kvm_host.h>',
        '#include <linux/kbuild.h>',
        'int main(void) {',
        ...slots.map((slot) => `DEFINE(${slot}_, ${slot});`),
        'DEFINE(CONTEXT, sizeof(struct kvm_cpu_context));',
        'DEFINE(SYSREGS, sizeof(((struct kvm_cpu_context *)0)->sys_regs));',
        'DEFINE(DEBUG, sizeof(struct kvm_guest_debug_arch));',
        'return 0; }',
      ];
      writeFileSync(file, lines.join('\n'));
      return [...definedConstants([...includeFlags(variant), file]).values()];
    });
  const gpRegs = 864;
  // kvm_cpu_context is aligned to 16 bytes by the vector registers in it.
  assert.equal(sizes('before'), [22, 87, 88, 93, 94, gpRegs + 94 * 8, 94 * 8, debugState]);
  assert.equal(sizes('after'), [22, 23, 24, 29, 30, gpRegs + 30 * 8, 30 * 8, debugState]);
});

withTools(test, [gcc], 'every header stands alone and may be included twice', () => {
  for (const variant of variants) {
    inTempFolder((folder) => {
      const headers = [
        ...filesUnder(join(fixtures, 'include/common')),
        ...filesUnder(join(fixtures, 'include', variant)),
      ]
        .filter((file) => file.endsWith('.h') && !assemblyOnly.has(file))
        .map((file) => file.replace(/^uapi\/(?!linux\/types)/, ''));
      const files = headers.map((header, n) => {
        writeFileSync(join(folder, `${n}.c`), `#include <${header}>\n#include <${header}>\nint dummy${n};\n`);
        return `${n}.c`;
      });
      runSilently(gcc, ['-fsyntax-only', '-Wall', '-Wextra', ...includeFlags(variant), ...files], folder);
    });
  }
});

withTools(test, [gcc, objdump], 'both world switches assemble without a warning, little-endian and big-endian', () => {
  for (const variant of variants) {
    for (const flags of [[], ['-mbig-endian', '-DCONFIG_CPU_BIG_ENDIAN=1']]) {
      inTempFolder((folder) => {
        const [hyp] = assembleSwitch(variant, folder, flags);
        const sections = runSilently(objdump, ['-h', hyp!]);
        assert.match(sections, / \.hyp\.text /);
      });
    }
  }
});

withTools(
  test,
  [gcc, nm, objdump],
  'the vectors are aligned to 2 KB and lead to the handlers of the Arm ARM table',
  () => {
    inTempFolder((folder) => {
      const [hyp] = assembleSwitch('after', folder);
      const address = addressOf(hyp!, '__kvm_hyp_vector');
      assert.is(address % 2048, 0);

      const kinds = ['sync', 'irq', 'fiq', 'error'];
      const invalid = (from: string, some: string[]) => some.map((kind) => `${from}_${kind}_invalid`);
      const lower = ['el1_sync', 'el1_irq', ...invalid('el1', ['fiq', 'error'])];
      const expected = [...invalid('el2t', kinds), ...invalid('el2h', kinds), ...lower, ...lower];
      assert.equal(
        branchesOf(
          hyp!,
          expected.map((_, n) => address + 128 * n),
        ),
        expected,
      );
    });
  },
);

withTools(
  test,
  [gcc, objdump],
  'alternatives: vgic v3 twice, erratum 834220 once, each as long as what it replaces',
  () => {
    inTempFolder((folder) => {
      const [hyp] = assembleSwitch('after', folder);
      const bytes = sectionBytes(hyp!, '.altinstructions');
      assert.is(bytes.length, 3 * 12);
      const records = [0, 12, 24].map((at) => [bytes[at + 8]! + 256 * bytes[at + 9]!, bytes[at + 10], bytes[at + 11]]);
      assert.equal(records, [
        [3, 4, 4],
        [3, 4, 4],
        [7, 12, 12],
      ]);
      assert.is(sectionBytes(hyp!, '.altinstr_replacement').length, 4 + 4 + 12);
    });
  },
);

withTools(test, [gcc, nm, objdump], 'host and guests assemble; a guest needs no relocation', () => {
  inTempFolder((folder) => {
    const assemble = (name: string): string => {
      const object = join(folder, `${name}.o`);
      runSilently(gcc, ['-c', '-nostdinc', '-o', object, join(fixtures, 'guests', `${name}.S`)]);
      return object;
    };
    const host = assemble('host');
    for (const label of ['host_start', 'host_return', 'host_done', 'panic', 'host_vectors']) addressOf(host, label);
    assert.is(addressOf(host, 'host_vectors') % 2048, 0);

    for (const name of ['guest-round-trip', 'guest-nofp']) {
      const guest = assemble(name);
      assert.is(addressOf(guest, 'guest_start'), 0, name);
      assert.is(addressOf(guest, 'guest_vectors') % 2048, 0, name);
      // ADR, branches within the file and literals of numbers only: it runs wherever it is put.
      assert.not.match(runSilently(objdump, ['-r', '-j', '.guest.text', guest]), /R_AARCH64_ABS|R_AARCH64_ADR_PREL_PG/);
    }
    const text = (name: string) => runSilently(objdump, ['-d', join(folder, `${name}.o`)]);
    assert.match(text('guest-round-trip'), /\tdup\tv31\.2d/);
    assert.not.match(text('guest-nofp'), /\tdup\t|\tfpcr|\tfpsr/);
    assert.match(text('guest-nofp'), /\thvc\t#0x7/);
  });
});

/** Headers that are of use to .S files alone. */
const assemblyOnly = new Set(['asm/assembler.h', 'asm/fpsimdmacros.h']);

function source(variant: Variant, file: string): string {
  return readFileSync(join(fixtures, 'hyp', variant, file), 'utf8');
}

/** The file without comments, a statement an entry, white space folded. */
function statements(variant: Variant, file: string): string[] {
  return source(variant, file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

/** One line for each constant that differs. */
function differences(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name.padEnd(24)} ${String(before.get(name) ?? '-').padStart(5)} ${after.get(name) ?? '-'}`);
}

/** The address of a symbol of an object file. Throws where it has none. */
function addressOf(object: string, symbol: string): number {
  const line = new RegExp(`^([0-9a-f]+) \\w ${symbol}$`, 'm').exec(runSilently(nm, [object]));
  if (line === null) throw new Error(`${object} has no ${symbol}`);
  return Number.parseInt(line[1]!, 16);
}

/** Where the branches at `addresses` of .hyp.text go. */
function branchesOf(object: string, addresses: readonly number[]): (string | undefined)[] {
  const text = runSilently(objdump, ['-d', '-j', '.hyp.text', object]);
  const targets = new Map<number, string>();
  for (const line of text.matchAll(/^\s*([0-9a-f]+):\t[0-9a-f]+ \tb\t[0-9a-f]+ <(\w+)>/gm)) {
    targets.set(Number.parseInt(line[1]!, 16), line[2]!);
  }
  return addresses.map((address) => targets.get(address));
}

function sectionBytes(object: string, section: string): number[] {
  const text = runSilently(objdump, ['-s', '-j', section, object]);
  const lines = text.matchAll(/^ [0-9a-f]{4,} ((?:[0-9a-f]{2,8} ){1,4})/gm);
  return [...lines].flatMap((line) => line[1]!.match(/[0-9a-f]{2}/g)!.map((byte) => Number.parseInt(byte, 16)));
}

test.run();
