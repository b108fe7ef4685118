/** What Linux trees pass to gcc; the expected values are what `make V=1` of those versions prints. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMPILER_HEADERS, withCompilerHeaders } from '../../asm/cpp/compiler-headers.ts';
import { type KernelTree, kernelFlags } from '../../asm/cpp/kernel-flags.ts';
import { preprocess } from '../../asm/cpp/preprocess.ts';
import { Diagnostics, SourceError } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { all } from './run.ts';

function tree(version: string, config: readonly string[] = [], path = ''): KernelTree {
  const [major, minor] = version.split('.');
  const folder = path === '' ? '' : `${path}/`;
  const files = new MemoryFiles({
    [`${folder}Makefile`]: `VERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = 0\n`,
    [`${folder}include/generated/autoconf.h`]: ['CONFIG_ARM64', ...config]
      .map((option) => `#define ${option} 1\n`)
      .join(''),
  });
  return { files, path, compilerHeaders: 'gcc/include' };
}

test('hyp.S of Linux 4.4', () => {
  assert.equal(kernelFlags(tree('4.4'), 'arch/arm64/kvm/hyp.S', 'assembler'), {
    includeDirs: [
      './arch/arm64/include',
      'arch/arm64/include/generated/uapi',
      'arch/arm64/include/generated',
      'include',
      './arch/arm64/include/uapi',
      'arch/arm64/include/generated/uapi',
      './include/uapi',
      'include/generated/uapi',
    ],
    systemDirs: ['gcc/include'],
    defines: ['__KERNEL__', '__ASSEMBLY__', 'CONFIG_AS_LSE=1', 'CC_HAVE_ASM_GOTO'],
    includes: ['./include/linux/kconfig.h'],
    flags: ['-fno-PIE'],
    bigEndian: false,
  });
});

test('host.S of the nVHE hypervisor of Linux 6.1', () => {
  const flags = kernelFlags(tree('6.1'), 'arch/arm64/kvm/hyp/nvhe/host.S', 'assembler');
  assert.equal(flags.systemDirs, []);
  assert.equal(flags.defines, [
    '__KERNEL__',
    '__ASSEMBLY__',
    'KASAN_SHADOW_SCALE_SHIFT=',
    '__KVM_NVHE_HYPERVISOR__',
    '__DISABLE_EXPORTS',
  ]);
  assert.equal(flags.includes, ['./include/linux/compiler-version.h', './include/linux/kconfig.h']);
  assert.is(flags.includeDirs[flags.includeDirs.length - 1], './arch/arm64/kvm/hyp/include');
});

test('asm-offsets.c of Linux 4.4 and 6.1', () => {
  const old = kernelFlags(tree('4.4'), 'arch/arm64/kernel/asm-offsets.c', 'c');
  assert.equal(old.flags, ['-fno-PIE', '-std=gnu89', '-mgeneral-regs-only', '-O2']);
  assert.equal(old.defines.slice(-3), [
    'KBUILD_STR(s)=#s',
    'KBUILD_BASENAME=KBUILD_STR(asm_offsets)',
    'KBUILD_MODNAME=KBUILD_STR(asm_offsets)',
  ]);
  const config = ['CONFIG_AS_HAS_ARMV8_5', 'CONFIG_ARM64_PTR_AUTH_KERNEL', 'CONFIG_STACKPROTECTOR_STRONG'];
  const recent = kernelFlags(tree('6.1', config), 'arch/arm64/kernel/asm-offsets.c', 'c');
  assert.ok(recent.flags.includes('-std=gnu11'));
  assert.ok(recent.flags.includes('-mbranch-protection=pac-ret+leaf'));
  assert.ok(recent.flags.includes('-fstack-protector-strong'));
  assert.ok(recent.includes.includes('./include/linux/compiler_types.h'));
  assert.ok(recent.defines.includes('ARM64_ASM_ARCH="armv8.5-a"'));
});

test('the configuration decides on endianness and optimisation', () => {
  const flags = kernelFlags(tree('6.1', ['CONFIG_CPU_BIG_ENDIAN', 'CONFIG_CC_OPTIMIZE_FOR_SIZE']), 'a.c', 'c');
  assert.is(flags.bigEndian, true);
  assert.ok(flags.flags.includes('-Os'));
  assert.not(flags.flags.includes('-O2'));
});

test('paths lie in the folder of the tree', () => {
  const flags = kernelFlags(tree('4.4', [], '/src/linux'), 'arch/arm64/kvm/hyp.S', 'assembler');
  assert.is(flags.includeDirs[0], '/src/linux/arch/arm64/include');
  assert.equal(flags.includes, ['/src/linux/include/linux/kconfig.h']);
});

test('what is no tree configured for arm64 is refused, with what to do', () => {
  const refusal = (files: Readonly<Record<string, string>>) => {
    try {
      kernelFlags({ files: new MemoryFiles(files), path: '/src' }, 'a.c', 'c');
    } catch (error) {
      if (error instanceof SourceError) return error.message;
      throw error;
    }
    return undefined;
  };
  const makefile = { '/src/Makefile': 'VERSION = 6\nPATCHLEVEL = 1\n' };
  const remedy = 'run `make ARCH=arm64 defconfig prepare` in it';
  assert.is(refusal({}), '/src is no Linux tree: it has no Makefile');
  assert.is(
    refusal({ '/src/Makefile': 'all:\n' }),
    '/src is no Linux tree: its Makefile sets no VERSION and PATCHLEVEL',
  );
  assert.is(refusal(makefile), `/src is not configured: it has no include/generated/autoconf.h; ${remedy}`);
  assert.is(
    refusal({ ...makefile, '/src/include/generated/autoconf.h': '#define CONFIG_X86_64 1\n' }),
    `/src is configured for another architecture than arm64; ${remedy}`,
  );
});

test('trees before 4.2, which know no gcc 12, get the header of the newest gcc they know', () => {
  const include = { 't.c': '#include <linux/compiler-gcc12.h>\n' };
  const included = (tree: Readonly<Record<string, string>>) => {
    const files = withCompilerHeaders(new MemoryFiles({ ...include, ...tree }));
    const options = { includeDirs: ['include'], systemDirs: [COMPILER_HEADERS], diagnostics: new Diagnostics() };
    return all(preprocess('t.c', { ...options, files, language: 'c' })).map(({ text }) => text);
  };
  const four = { 'include/linux/compiler-gcc4.h': 'four\n' };
  assert.equal(included(four), ['four']);
  assert.equal(included({ ...four, 'include/linux/compiler-gcc5.h': 'five\n' }), ['five']);
  assert.equal(included({ ...four, 'include/linux/compiler-gcc12.h': 'own\n' }), ['own']);
});

test("the compiler's own <stdarg.h> is there without a compiler", () => {
  const files = withCompilerHeaders(new MemoryFiles({ 't.c': '#include <stdarg.h>\nva_start(a, b)' }));
  const diagnostics = new Diagnostics();
  const list = all(preprocess('t.c', { files, language: 'c', systemDirs: [COMPILER_HEADERS], diagnostics }));
  assert.is(
    list.map(({ text }) => text).join(' '),
    'typedef __builtin_va_list __gnuc_va_list ; typedef __gnuc_va_list va_list ; __builtin_va_start ( a , b )',
  );
});

test.run();
