/** Sections and subsections (Using as, ".section", ".pushsection", ".previous", ".subsection", ".text"). */
import { SHF, SHT } from '../../elf/constants.ts';
import type { Assembler } from '../assembler.ts';
import type { Cursor } from '../cursor.ts';
import { ABSOLUTE, type GasSection } from '../frag.ts';
import { specialSection } from '../special-sections.ts';
import type { Directive } from './directive.ts';

/** What .section says about a section. */
interface SectionRequest {
  readonly name: string;
  /** SHT_*, or undefined where none is given. */
  type: number | undefined;
  flags: number;
  entrySize: number;
  linkedTo: string | undefined;
  linkIndex: number | undefined;
  group: string | undefined;
  comdat: boolean;
  info: number;
  uniqueId: number | undefined;
  /** For .pushsection. */
  subsection: number | undefined;
}

const section: Directive = (asm, cursor) => {
  enterRequested(asm, cursor, readRequest(asm, cursor, false));
};

const pushSection: Directive = (asm, cursor) => {
  const request = readRequest(asm, cursor, true);
  asm.output.push();
  enterRequested(asm, cursor, request);
  if (request.subsection !== undefined) asm.output.enter(asm.output.section, request.subsection);
};

function readRequest(asm: Assembler, cursor: Cursor, push: boolean): SectionRequest {
  const request: SectionRequest = {
    name: sectionName(asm, cursor),
    type: undefined,
    flags: 0,
    entrySize: 0,
    linkedTo: undefined,
    linkIndex: undefined,
    group: undefined,
    comdat: false,
    info: 0,
    uniqueId: undefined,
    subsection: undefined,
  };
  const taken = asm.symbols.find(request.name);
  if (taken !== undefined && taken.type !== 'section' && taken.isDefined && !taken.volatile)
    throw cursor.fault(`'${request.name}' is already defined as another symbol`);
  if (cursor.accept(',')) readAttributes(asm, cursor, request, push);
  cursor.expectEnd();
  return request;
}

function sectionName(asm: Assembler, cursor: Cursor): string {
  cursor.skipSpace();
  const quoted = cursor.string();
  if (quoted !== undefined) return quoted;
  const from = cursor.at;
  while (cursor.at < cursor.end && !/[\t,; ]/.test(cursor.text[cursor.at]!)) cursor.at++;
  if (cursor.at === from) throw cursor.fault('expected the name of a section');
  const name = cursor.text.slice(from, cursor.at);
  return asm.substituteSectionNames ? name.replaceAll('%S', asm.output.section.name) : name;
}

function readAttributes(asm: Assembler, cursor: Cursor, request: SectionRequest, push: boolean): void {
  if (push && /\d/.test(cursor.text[cursor.at] ?? '')) {
    request.subsection = Number(BigInt.asIntN(32, asm.absolute(cursor)));
    if (!cursor.accept(',')) return;
  }
  if (cursor.peek() === 0x22) readFlagString(asm, cursor, request);
  else readFlagWords(cursor, request);
}

/** `"flags", @type, entsize, linked-to, group, linkage, unique, id` */
function readFlagString(asm: Assembler, cursor: Cursor, request: SectionRequest): void {
  const start = cursor.at;
  const clone = readFlagLetters(cursor, cursor.expectString(), request, start);
  readType(cursor, request);
  if (request.flags & SHF.MERGE) readEntrySize(asm, cursor, request);
  if (request.flags & SHF.LINK_ORDER && cursor.accept(',')) readLinkedTo(cursor, request);
  if (request.flags & SHF.GROUP) readGroup(asm, cursor, request);
  else if (clone && asm.output.section.group !== undefined) {
    request.group = asm.output.section.group;
    request.comdat = asm.output.section.comdat;
  }
  if (request.flags & SHF.GNU_MBIND && cursor.peek() === 0x2c && /^,\s*\d/.test(cursor.rest())) {
    cursor.accept(',');
    request.info = Number(plainNumber(cursor));
  }
  if (cursor.accept(',')) readUnique(cursor, request);
}

const FLAG_LETTERS: Readonly<Record<string, number>> = {
  a: SHF.ALLOC,
  e: SHF.EXCLUDE,
  o: SHF.LINK_ORDER,
  w: SHF.WRITE,
  x: SHF.EXECINSTR,
  M: SHF.MERGE,
  S: SHF.STRINGS,
  G: SHF.GROUP,
  T: SHF.TLS,
  d: SHF.GNU_MBIND,
  R: SHF.GNU_RETAIN,
};

/** Returns whether `?` was among the letters: the section joins the group of the present one. */
function readFlagLetters(cursor: Cursor, letters: string, request: SectionRequest, start: number): boolean {
  let clone = false;
  let flags = 0n;
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const number = /^(0x[0-9a-f]+|\d+)/i.exec(letters.slice(at));
    if (letter === '?') clone = true;
    else if (number !== null) {
      flags |= BigInt(/^0[0-7]+$/.test(number[0]) ? `0o${number[0].slice(1)}` : number[0]);
      at += number[0].length - 1;
    } else {
      const flag = FLAG_LETTERS[letter];
      if (flag === undefined)
        throw cursor.fault(
          `unknown section flag '${letter}': one of a, e, o, w, x, M, S, G, T, R, ? or a number was expected`,
          start,
        );
      flags |= BigInt(flag);
    }
  }
  request.flags = Number(BigInt.asUintN(52, flags));
  return clone;
}

const TYPES: Readonly<Record<string, number>> = {
  progbits: SHT.PROGBITS,
  nobits: SHT.NOBITS,
  note: SHT.NOTE,
  init_array: SHT.INIT_ARRAY,
  fini_array: SHT.FINI_ARRAY,
  preinit_array: SHT.PREINIT_ARRAY,
};

/** `@type`, `%type` or `"type"`, where one follows. */
function readType(cursor: Cursor, request: SectionRequest): void {
  cursor.skipSpace();
  const match = /^,\s*(?:([@%])(\w*)|"([^"]*)")/.exec(cursor.text.slice(cursor.at, cursor.end));
  if (match === null) return;
  const start = cursor.at;
  cursor.at += match[0].length;
  const word = match[2] ?? match[3] ?? '';
  const type = TYPES[word] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : undefined);
  if (type !== undefined) request.type = type === 0 ? undefined : type;
  else throw cursor.fault(`unknown section type '${word}'`, start);
}

function readEntrySize(asm: Assembler, cursor: Cursor, request: SectionRequest): void {
  if (!cursor.accept(',')) {
    asm.warn('a mergeable section needs the size of its entries: it is not merged');
    request.flags &= ~SHF.MERGE;
    return;
  }
  const size = asm.absolute(cursor);
  if (size < 0n) throw cursor.fault(`invalid entry size ${size}`);
  request.entrySize = Number(size);
}

function readLinkedTo(cursor: Cursor, request: SectionRequest): void {
  if (/\d/.test(cursor.text[cursor.at] ?? '')) request.linkIndex = Number(plainNumber(cursor));
  else request.linkedTo = cursor.name();
}

function readGroup(asm: Assembler, cursor: Cursor, request: SectionRequest): void {
  if (!cursor.accept(',')) {
    asm.warn('a section of a group needs the name of the group: it is in none');
    request.flags &= ~SHF.GROUP;
    return;
  }
  request.group = sectionName(asm, cursor);
  if (/^,\s*comdat/.test(cursor.rest())) {
    cursor.accept(',');
    cursor.at += 'comdat'.length;
    request.comdat = true;
  } else if (request.name.startsWith('.gnu.linkonce')) request.comdat = true;
}

function readUnique(cursor: Cursor, request: SectionRequest): void {
  const word = cursor.name();
  if (word !== 'unique') throw cursor.fault("expected 'unique' and a number");
  cursor.expect(',', "after 'unique'");
  request.uniqueId = Number(plainNumber(cursor));
  if (request.uniqueId >= 0xffffffff) throw cursor.fault('the number of a unique section must be below 4294967295');
}

function plainNumber(cursor: Cursor): bigint {
  const match = /^(0x[0-9a-f]+|\d+)/i.exec(cursor.rest());
  if (match === null) throw cursor.fault('expected a number');
  cursor.at += match[0].length;
  return BigInt(match[0]);
}

/** The Solaris way: `#alloc,#write,#execinstr` */
function readFlagWords(cursor: Cursor, request: SectionRequest): void {
  const words: Readonly<Record<string, number>> = {
    write: SHF.WRITE,
    alloc: SHF.ALLOC,
    execinstr: SHF.EXECINSTR,
    exclude: SHF.EXCLUDE,
    tls: SHF.TLS,
  };
  do {
    if (cursor.peek() !== 0x23) throw cursor.fault("expected '\"' or '#' and the flags of the section");
    cursor.at++;
    const word = cursor.expectName('a section flag');
    if (words[word] !== undefined) request.flags |= words[word];
    else if (TYPES[word] !== undefined) request.type = TYPES[word];
    else throw cursor.fault(`unknown section flag '${word}'`);
  } while (cursor.accept(','));
}

// --- Entering -------------------------------------------------------------------------------------------------------

function enterRequested(asm: Assembler, cursor: Cursor, request: SectionRequest): void {
  const found = asm.output.sections.find((candidate) => matches(candidate, request));
  const entered = found ?? makeRequested(asm, request);
  if (found !== undefined) checkAgain(asm, cursor, found, request);
  asm.output.change(entered, 0);
  if (request.linkIndex !== undefined) {
    entered.flags |= SHF.LINK_ORDER;
    entered.linkIndex = request.linkIndex;
  }
}

/** Sections of one name are told apart by group, linked-to symbol, number and SHF_GNU_RETAIN. */
function matches(candidate: GasSection, request: SectionRequest): boolean {
  return (
    candidate.name === request.name &&
    candidate.group === request.group &&
    candidate.linkedTo === request.linkedTo &&
    candidate.uniqueId === request.uniqueId &&
    candidate.info === request.info &&
    (candidate.flags & SHF.GNU_RETAIN) === (request.flags & SHF.GNU_RETAIN)
  );
}

function makeRequested(asm: Assembler, request: SectionRequest): GasSection {
  const special = specialSection(request.name);
  let { flags, type } = request;
  if (special !== undefined) {
    if (type !== undefined && type !== special.type) type = agreedType(asm, request, type, special);
    const extra = flags & ~(SHF.LINK_ORDER | SHF.MASKOS | SHF.MASKPROC) & ~special.flags;
    if (extra === 0 || special.allows(extra)) flags |= special.flags;
    else if (!special.replaces(extra) && request.group === undefined)
      asm.warn(`unusual flags for section '${request.name}'`);
    type ??= special.type;
  }
  const made = asm.output.make(request.name, type ?? SHT.PROGBITS, flags >>> 0);
  made.bss = type === SHT.NOBITS;
  made.entrySize = flags & SHF.MERGE ? request.entrySize : 0;
  made.group = request.group;
  made.comdat = request.comdat;
  made.linkedTo = request.linkedTo;
  made.uniqueId = request.uniqueId;
  made.info = request.info;
  if (made.group !== undefined) made.flags |= SHF.GROUP;
  return made;
}

function agreedType(asm: Assembler, request: SectionRequest, type: number, special: { readonly type: number }): number {
  const arrays: readonly number[] = [SHT.INIT_ARRAY, SHT.FINI_ARRAY, SHT.PREINIT_ARRAY];
  if (arrays.includes(special.type)) {
    asm.warn(`the type of section '${request.name}' is ignored`);
    return special.type;
  }
  if (special.type !== SHT.NOTE && type < SHT.LOPROC) asm.warn(`unusual type for section '${request.name}'`);
  return type;
}

/** Flags that must be the same each time they are given. */
const CHECKED = SHF.WRITE | SHF.ALLOC | SHF.EXECINSTR | SHF.MERGE | SHF.STRINGS | SHF.TLS | SHF.EXCLUDE;

function checkAgain(asm: Assembler, cursor: Cursor, found: GasSection, request: SectionRequest): void {
  const special = specialSection(request.name) !== undefined;
  if (request.type !== undefined && request.type !== found.type) {
    if (!special) throw cursor.fault(`section '${request.name}' was given another type before`);
    asm.warn(`the type of section '${request.name}' stays as it was`);
  }
  if (request.flags === 0) return;
  if (((request.flags ^ found.flags) & CHECKED) !== 0) {
    if (!special) throw cursor.fault(`section '${request.name}' was given other flags before`);
    asm.warn(`the flags of section '${request.name}' stay as they were`);
  }
  if (request.flags & SHF.MERGE && found.entrySize !== request.entrySize)
    throw cursor.fault(`section '${request.name}' was given another entry size before`);
}

function fixedSection(name: string): Directive {
  return (asm, cursor) => {
    const number = Number(BigInt.asIntN(32, asm.absolute(cursor)));
    cursor.expectEnd();
    asm.output.change(asm.output.find(name)!, number);
  };
}

/** Unlike .text and .data it takes no subsection. */
const bss: Directive = (asm, cursor) => {
  cursor.expectEnd();
  asm.output.change(asm.output.find('.bss')!, 0);
};

const subsection: Directive = (asm, cursor) => {
  const number = Number(BigInt.asIntN(32, asm.absolute(cursor)));
  cursor.expectEnd();
  asm.output.change(asm.output.section, number);
};

const previous: Directive = (asm, cursor) => {
  cursor.expectEnd();
  if (!asm.output.toPrevious()) asm.warn('.previous without a section before');
};

const popSection: Directive = (asm, cursor) => {
  cursor.expectEnd();
  if (!asm.output.pop()) asm.warn('.popsection without .pushsection');
};

/** .struct and .offset: labels become numbers, counted from the one given. */
const struct: Directive = (asm, cursor) => {
  const offset = asm.absolute(cursor);
  cursor.expectEnd();
  asm.output.change(ABSOLUTE, 0);
  asm.output.absoluteOffset = offset;
};

const attachToGroup: Directive = (asm, cursor) => {
  const group = sectionName(asm, cursor);
  const { section: current } = asm.output;
  if (current.group !== undefined) {
    asm.warn(`section '${current.name}' is already in group '${current.group}'`);
    return;
  }
  current.group = group;
  current.flags |= SHF.GROUP;
};

export const SECTION_DIRECTIVES: Readonly<Record<string, Directive>> = {
  section,
  'section.s': section,
  sect: section,
  'sect.s': section,
  pushsection: pushSection,
  popsection: popSection,
  previous,
  subsection,
  text: fixedSection('.text'),
  data: fixedSection('.data'),
  bss,
  struct,
  offset: struct,
  attach_to_group: attachToGroup,
};
