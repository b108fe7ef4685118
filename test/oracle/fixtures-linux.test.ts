/**
 * fixtures/hyp/after against the world switch of Linux 4.4, for meaning: each routine has to read the same system
 * registers and to do the same things in the same order as Linux's routine of that name, although its text is another.
 * Both are built with the tree's own headers, so that both have the same offsets. The tree, configured with
 * `make ARCH=arm64 defconfig prepare`, is named by HYPSTEP_KERNEL_TREE.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fixtures,
  gcc,
  gccOffsets,
  includeFlags,
  objdump,
  runSilently,
  switchFiles,
  writeOffsetsHeader,
} from './fixtures-build.ts';
import { type Effects, routineEffects } from './fixtures-effects.ts';
import { inTempFolder, withTools } from './tools.ts';

const tree = process.env.HYPSTEP_KERNEL_TREE ?? '';

/** Linux 4.4 no longer has the ThumbEE registers. */
const onlyOurs = /teecr32_el1|teehbr32_el1|id_pfr0_el1/;

/** Fixes to __kvm_hyp_panic in 4.4's stable series: the guest's PAR_EL1 is kept by stack, SP_EL1 made the host's. */
const onlyLinuxPanic = /^\[sp|^sp_el1 <-/;

/** HCR_EL2.APK and API, which later versions set for the host. */
const pointerAuthentication = 0x300_0000_0000n;

if (isLinux44(tree)) {
  withTools(test, [gcc, objdump], 'every routine does what the Linux routine of its name does', () => {
    inTempFolder((folder) => {
      for (const file of switchFiles) {
        const linux = routineEffects(build(join(tree, 'arch/arm64/kvm', file), join(folder, 'linux.o')), '.hyp.text');
        const ours = routineEffects(build(join(fixtures, 'hyp/after', file), join(folder, 'ours.o')), '.hyp.text');
        assert.equal([...ours.keys()].sort(), [...linux.keys()].sort(), `${file}: routines`);
        for (const [routine, effects] of linux) {
          const [theirs, own] = withoutKnown(routine, effects, ours.get(routine)!);
          assert.equal(own.reads, theirs.reads, `${routine}: system registers read`);
          assert.equal(own.actions.join('\n'), theirs.actions.join('\n'), `${routine}: actions`);
        }
      }
    });
  });

  withTools(test, [gcc, objdump], 'alternative code is what Linux has', () => {
    inTempFolder((folder) => {
      const [linux, ours] = [join(tree, 'arch/arm64/kvm'), join(fixtures, 'hyp/after')].map((sources) => {
        const object = build(join(sources, 'hyp.S'), join(folder, 'hyp.o'));
        const text = runSilently(objdump, ['-dr', '-j', '.altinstr_replacement', object]);
        return text.slice(text.indexOf('Disassembly'));
      });
      assert.is(ours, linux);
    });
  });

  withTools(test, [gcc], "Linux's own sources assemble with our headers", () => {
    inTempFolder((folder) => {
      writeOffsetsHeader(folder, gccOffsets('after'));
      for (const file of switchFiles) {
        const flags = ['-c', '-D__ASSEMBLY__', '-DHCR_HOST_NVHE_FLAGS=HCR_RW', ...includeFlags('after'), `-I${folder}`];
        runSilently(gcc, [...flags, '-o', join(folder, 'linux.o'), join(tree, 'arch/arm64/kvm', file)]);
      }
    });
  });
} else {
  test.skip('every routine does what the Linux routine of its name does');
  console.log('skipped: HYPSTEP_KERNEL_TREE does not name a Linux 4.4 tree (fixtures against Linux)');
}

function isLinux44(folder: string): boolean {
  const makefile = join(folder, 'Makefile');
  if (folder === '' || !existsSync(makefile)) return false;
  return /^VERSION = 4\nPATCHLEVEL = 4\n/m.test(readFileSync(makefile, 'utf8'));
}

/** Assembles `source` with the tree's headers. TEECR32_EL1 is the slot the tree's kvm_asm.h has no name for. */
function build(source: string, object: string): string {
  const folders = ['arch/arm64/include', 'arch/arm64/include/generated', 'include', 'arch/arm64/include/uapi'];
  const flags = [
    '-nostdinc',
    ...[...folders, 'include/uapi', 'include/generated/uapi'].map((folder) => `-I${join(tree, folder)}`),
    ...['-include', join(tree, 'include/linux/kconfig.h')],
    ...['-D__KERNEL__', '-D__ASSEMBLY__', '-DTEECR32_EL1=28'],
  ];
  runSilently(gcc, ['-c', ...flags, '-o', object, source]);
  return object;
}

/** Both sides less the differences stated above. */
function withoutKnown(routine: string, linux: Effects, ours: Effects): [Effects, Effects] {
  const both = (text: string) => (routine === '__kvm_hyp_panic' ? panicRegisters(text) : text);
  const theirs = linux.actions.filter((action) => routine !== '__kvm_hyp_panic' || !onlyLinuxPanic.test(action));
  const own = ours.actions.filter((action) => !onlyOurs.test(action));
  // With the vectors' address we return at once; Linux branches to the other ERET.
  if (routine === 'el1_sync') {
    removeFirst(own, /^eret/);
    removeFirst(theirs, /^go on/);
  }
  return [
    {
      reads: linux.reads,
      actions: theirs.map(withoutPointerAuthentication).map(both),
    },
    {
      reads: ours.reads.filter((register) => !onlyOurs.test(register)),
      actions: own.map(both),
    },
  ];
}

function removeFirst(actions: string[], pattern: RegExp): void {
  const at = actions.findIndex((action) => pattern.test(action));
  if (at >= 0) actions.splice(at, 1);
}

/** What panic() gets, but for x0, the string's address, which is found in two ways, and x6, PAR_EL1 from the stack. */
function panicRegisters(action: string): string {
  return action.startsWith('eret') ? action.match(/x[123457]=\S+/g)!.join(' ') : action;
}

function withoutPointerAuthentication(action: string): string {
  return action.replace(/^(hcr_el2 <- #)(0x[0-9a-f]+)$/, (_, start: string, value: string) => {
    const kept = BigInt(value) === 0xffff_ffff_ffff_ffe8n ? BigInt(value) : BigInt(value) & ~pointerAuthentication;
    return `${start}0x${kept.toString(16)}`;
  });
}

test.run();
