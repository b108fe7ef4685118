/** The listing of `hypstep as --listing`: what each statement emitted, and the macro it came from. */
import type { ObjectFile, Origin, Section } from '../../asm/elf/object-file.ts';
import { outermost, type Place, positionOf } from '../../asm/source/source-file.ts';

/** Bytes of data shown on one line. */
const DATA_SHOWN = 8;

/** Lines of the listing: section by section, an address, the word or bytes, `file:line` and the source text. */
export function* listingLines(object: ObjectFile): Generator<string> {
  const sections = new Map<Section, Origin[]>();
  for (const origin of object.origins) {
    // An alignment that needed no padding.
    if (origin.size === 0) continue;
    const list = sections.get(origin.section);
    if (list === undefined) sections.set(origin.section, [origin]);
    else list.push(origin);
  }
  for (const [section, origins] of sections) {
    yield `section ${section.name}`;
    for (const origin of origins.toSorted((a, b) => a.offset - b.offset)) yield originLine(section, origin);
  }
}

function originLine(section: Section, origin: Origin): string {
  const address = origin.offset.toString(16).padStart(8, '0');
  return `${address}  ${contents(section, origin).padEnd(18)}  ${sourceOf(origin.place)}`;
}

function contents(section: Section, origin: Origin): string {
  const bytes = section.data.subarray(origin.offset, origin.offset + origin.size);
  const hex = (list: Uint8Array) => [...list].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (origin.kind === 'instruction') {
    // Instructions are little-endian whatever the data are (Arm ARM, B2.6.2 "Instruction endianness").
    return hex(bytes.toReversed());
  }
  return `${hex(bytes.subarray(0, DATA_SHOWN))}${bytes.length > DATA_SHOWN ? '..' : ''}`;
}

/** `file:line  text`, the outermost line first; then the macros, outermost first, with the line of the body. */
function sourceOf(place: Place): string {
  const top = outermost(place);
  const { name, line } = positionOf(top);
  const text = top.file.lineText(top.file.lineOf(top.offset)).trim();
  if (place.use === undefined) return `${name}:${line}  ${text}`;
  const macros: string[] = [];
  for (let at: Place | undefined = place; at?.use !== undefined; at = at.use.at) macros.unshift(at.use.name);
  const inner = positionOf(place);
  const body = place.file.lineText(place.file.lineOf(place.offset)).trim();
  return `${name}:${line}  ${text}  [${macros.join(' > ')} ${inner.name}:${inner.line}  ${body}]`;
}
