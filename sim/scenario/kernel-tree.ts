/**
 * A Linux tree configured for arm64 as a source of headers and of the world switch. Versions before 3.11 have no KVM;
 * from 4.5 on the switch is no longer in assembly (Linux: arch/arm64/kvm/hyp.S, replaced by C in arch/arm64/kvm/hyp/).
 */
import { COMPILER_HEADERS } from '../../asm/cpp/compiler-headers.ts';
import {
  type KernelTree,
  kernelConfiguration,
  kernelFlags,
  kernelVersion,
  versionText,
} from '../../asm/cpp/kernel-flags.ts';
import type { Language } from '../../asm/cpp/scanner.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { type FileReader, joinPath } from '../../asm/source/files.ts';
import { hypPaths, type KernelHeaders, type KernelSources, type SourceUnit } from './kernel-sources.ts';

const OFFSETS = 'arch/arm64/kernel/asm-offsets.c';
const OFFSETS_HEADER = 'include/generated/asm-offsets.h';
const HYP_FOLDER = 'arch/arm64/kvm';
/** What makes asm-offsets.c tell the world switch's offsets. */
const HYP_OPTION = 'CONFIG_KVM_ARM_HOST';

/**
 * The headers of the tree at `path`, as its asm-offsets.c sees them. Throws SourceError where the folder is no tree that is
 * configured for arm64.
 */
export function treeHeaders(path: string, files: FileReader): KernelHeaders {
  const tree = { path, files, compilerHeaders: COMPILER_HEADERS };
  return { offsets: unitOf(tree, OFFSETS, 'c'), builtOffsets: joinPath(path, OFFSETS_HEADER) };
}

/** The world switch of the tree at `path`. Throws SourceError as treeHeaders does, and where hyp.S is not to be had. */
export function treeSources(path: string, files: FileReader): KernelSources {
  const tree = { path, files, compilerHeaders: COMPILER_HEADERS };
  const headers = treeHeaders(path, files);
  const hyp = joinPath(path, HYP_FOLDER);
  requireHyp(tree, joinPath(hyp, 'hyp.S'));
  const inTree = (file: string) => file.slice(joinPath(path, '').length);
  const hypUnits = hypPaths(hyp, files).map((file) => unitOf(tree, inTree(file), 'assembler'));
  const offsetsHeaders = [joinPath(path, OFFSETS_HEADER)];
  const label = `Linux ${versionText(kernelVersion(tree))}`;
  return { ...headers, label, hyp, hypUnits, hostFlags: hypUnits[0]!.flags, offsetsHeaders };
}

function unitOf(tree: KernelTree, source: string, language: Language): SourceUnit {
  return { path: joinPath(tree.path, source), flags: kernelFlags(tree, source, language) };
}

function requireHyp(tree: KernelTree, hyp: string): void {
  if (tree.files.read(hyp) === undefined) {
    const version = versionText(kernelVersion(tree));
    const reason = kernelVersion(tree) < 3011 ? 'KVM on arm64 came with 3.11' : 'since 4.5 the world switch is in C';
    throw new SourceError(`${tree.path} is Linux ${version}, which has no ${HYP_FOLDER}/hyp.S: ${reason}`);
  }
  if (!kernelConfiguration(tree).has(HYP_OPTION))
    throw new SourceError(`${tree.path} is configured without KVM: ${HYP_OPTION} is off`);
}
