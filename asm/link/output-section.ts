/** Sections of the image: which input sections they are made of, and where they lie. */
import { SHF, SHT } from '../elf/constants.ts';
import type { ObjectFile, Section } from '../elf/object-file.ts';
import { SourceError } from '../source/diagnostics.ts';
import type { LinkOptions, SectionPlacement } from './options.ts';

export interface InputSection {
  readonly object: ObjectFile;
  readonly section: Section;
  /** Virtual address, once placed. */
  address: bigint;
}

export interface OutputSection {
  readonly name: string;
  readonly inputs: InputSection[];
  /** Virtual address, once placed. */
  address: bigint;
  /** In bytes, once placed. */
  size: number;
  bytes: Uint8Array;
}

/** An image may not span more than this many bytes of contents. */
export const IMAGE_SIZE_LIMIT = 1024 * 1024 * 1024;

/**
 * The output sections of `objects` at their addresses, with their contents not yet relocated. Only allocated sections are taken; of
 * groups of one name only the first (COMDAT).
 */
export function placeSections(objects: readonly ObjectFile[], options: LinkOptions): OutputSection[] {
  const outputs = collect(objects, options);
  const ordered = inOrder(outputs, options.placement ?? []);
  let at = options.base ?? 0n;
  // Where sections without a rule go: from the base on, unless only addresses of rules are given.
  let free = options.base;
  let fixed = false;
  for (const { output, rule } of ordered) {
    if (rule?.address !== undefined) {
      at = rule.address;
      fixed = true;
    } else if (rule === undefined && fixed) {
      at = free ?? at;
      fixed = false;
    }
    place(output, at, rule);
    at = output.address + BigInt(output.size);
    if (!fixed) free = at;
  }
  const placed = ordered.map(({ output }) => output);
  checkOverlap(placed);
  return placed;
}

function collect(objects: readonly ObjectFile[], options: LinkOptions): OutputSection[] {
  const outputs: OutputSection[] = [];
  const byName = new Map<string, OutputSection>();
  const groups = new Set<string>();
  for (const object of objects) {
    const discarded = discardedSections(object, groups);
    for (const section of object.sections) {
      if ((section.flags & SHF.ALLOC) === 0 || section.size === 0 || discarded.has(section)) continue;
      const apart = options.apart?.includes(section.name) ?? false;
      let output = apart ? undefined : byName.get(section.name);
      if (output === undefined) {
        output = {
          name: section.name,
          inputs: [],
          address: 0n,
          size: 0,
          bytes: new Uint8Array(0),
        };
        outputs.push(output);
        byName.set(section.name, output);
      }
      output.inputs.push({ object, section, address: 0n });
    }
  }
  return outputs;
}

/** Members of COMDAT groups that an earlier object has brought already. */
function discardedSections(object: ObjectFile, seen: Set<string>): Set<Section> {
  const discarded = new Set<Section>();
  for (const group of object.groups) {
    if (!group.comdat) continue;
    const { name } = group.signature;
    if (seen.has(name)) for (const member of group.members) discarded.add(member);
    seen.add(name);
  }
  return discarded;
}

interface Ordered {
  readonly output: OutputSection;
  readonly rule: SectionPlacement | undefined;
}

function inOrder(outputs: readonly OutputSection[], rules: readonly SectionPlacement[]): Ordered[] {
  const left = new Set(outputs);
  const ordered: Ordered[] = [];
  for (const rule of rules) {
    let first = true;
    for (const output of outputs) {
      if (!left.has(output) || !matches(rule.section, output.name)) continue;
      left.delete(output);
      // The address is that of the first section a rule places.
      ordered.push({
        output,
        rule: first ? rule : { ...rule, address: undefined },
      });
      first = false;
    }
  }
  const rest = [...left].sort((a, b) => rankOf(a) - rankOf(b));
  return [...ordered, ...rest.map((output) => ({ output, rule: undefined }))];
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function rankOf(output: OutputSection): number {
  const { flags, type } = output.inputs[0]!.section;
  if (type === SHT.NOBITS) return 3;
  if (flags & SHF.WRITE) return 2;
  return flags & SHF.EXECINSTR ? 0 : 1;
}

function place(output: OutputSection, from: bigint, rule: SectionPlacement | undefined): void {
  const alignment = Math.max(rule?.alignment ?? 1, ...output.inputs.map(({ section }) => section.alignment));
  output.address = alignUp(from, BigInt(alignment));
  let at = output.address;
  for (const input of output.inputs) {
    input.address = alignUp(at, BigInt(input.section.alignment));
    at = input.address + BigInt(input.section.size);
  }
  const size = at - output.address;
  if (size > BigInt(IMAGE_SIZE_LIMIT))
    throw new SourceError(`section '${output.name}' of ${size} bytes is larger than the limit of ${IMAGE_SIZE_LIMIT}`);
  output.size = Number(size);
  output.bytes = new Uint8Array(output.size);
  for (const { section, address } of output.inputs)
    if (section.type !== SHT.NOBITS) output.bytes.set(section.data, Number(address - output.address));
}

function alignUp(address: bigint, alignment: bigint): bigint {
  return ((address + alignment - 1n) / alignment) * alignment;
}

function checkOverlap(outputs: readonly OutputSection[]): void {
  const sorted = outputs.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!;
    const after = sorted[i]!;
    if (before.address + BigInt(before.size) > after.address)
      throw new SourceError(
        `section '${after.name}' at 0x${after.address.toString(16)} overlaps section '${before.name}', which ends at 0x${(before.address + BigInt(before.size)).toString(16)}`,
      );
  }
}
