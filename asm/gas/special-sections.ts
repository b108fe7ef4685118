/**
 * Sections whose name tells their type and flags (System V ABI, "Special Sections", with the GNU additions).
 */
import { SHF, SHT } from '../elf/constants.ts';

export interface SpecialSection {
  /** SHT_* */
  readonly type: number;
  /** SHF_* */
  readonly flags: number;
  /** Whether the flags `extra`, which the name does not bring, may be added to those it does bring. */
  allows(extra: number): boolean;
  /** Whether `extra` may stand in the place of the flags the name brings. */
  replaces(extra: number): boolean;
}

/** Whether the name is the whole name, the part before a dot (`.text.hot`), or any beginning. */
type Extent = 'whole' | 'dotted' | 'prefix';

const WRITE = SHF.ALLOC | SHF.WRITE;
const CODE = SHF.ALLOC | SHF.EXECINSTR;

const ROWS: readonly (readonly [name: string, extent: Extent, type: number, flags: number])[] = [
  ['.bss', 'dotted', SHT.NOBITS, WRITE],
  ['.comment', 'whole', SHT.PROGBITS, 0],
  ['.ctf', 'whole', SHT.PROGBITS, 0],
  ['.data', 'dotted', SHT.PROGBITS, WRITE],
  ['.data1', 'whole', SHT.PROGBITS, WRITE],
  ['.debug', 'whole', SHT.PROGBITS, 0],
  ['.debug_line', 'whole', SHT.PROGBITS, 0],
  ['.debug_info', 'whole', SHT.PROGBITS, 0],
  ['.debug_abbrev', 'whole', SHT.PROGBITS, 0],
  ['.debug_aranges', 'whole', SHT.PROGBITS, 0],
  ['.dynamic', 'whole', SHT.DYNAMIC, SHF.ALLOC],
  ['.dynstr', 'whole', SHT.STRTAB, SHF.ALLOC],
  ['.dynsym', 'whole', SHT.DYNSYM, SHF.ALLOC],
  ['.fini', 'whole', SHT.PROGBITS, CODE],
  ['.fini_array', 'dotted', SHT.FINI_ARRAY, WRITE],
  ['.gnu.linkonce.b', 'dotted', SHT.NOBITS, WRITE],
  ['.gnu.linkonce.n', 'dotted', SHT.NOBITS, WRITE],
  ['.gnu.linkonce.p', 'dotted', SHT.PROGBITS, WRITE],
  ['.gnu.lto_', 'prefix', SHT.PROGBITS, SHF.EXCLUDE],
  ['.got', 'whole', SHT.PROGBITS, WRITE],
  ['.hash', 'whole', SHT.HASH, SHF.ALLOC],
  ['.init', 'whole', SHT.PROGBITS, CODE],
  ['.init_array', 'dotted', SHT.INIT_ARRAY, WRITE],
  ['.interp', 'whole', SHT.PROGBITS, 0],
  ['.line', 'whole', SHT.PROGBITS, 0],
  ['.noinit', 'dotted', SHT.NOBITS, WRITE],
  ['.note.GNU-stack', 'whole', SHT.PROGBITS, 0],
  ['.note', 'prefix', SHT.NOTE, 0],
  ['.persistent.bss', 'whole', SHT.NOBITS, WRITE],
  ['.persistent', 'dotted', SHT.PROGBITS, WRITE],
  ['.preinit_array', 'dotted', SHT.PREINIT_ARRAY, WRITE],
  ['.plt', 'whole', SHT.PROGBITS, CODE],
  ['.rodata', 'dotted', SHT.PROGBITS, SHF.ALLOC],
  ['.rodata1', 'whole', SHT.PROGBITS, SHF.ALLOC],
  ['.rela', 'prefix', SHT.RELA, 0],
  ['.rel', 'prefix', SHT.REL, 0],
  ['.shstrtab', 'whole', SHT.STRTAB, 0],
  ['.strtab', 'whole', SHT.STRTAB, 0],
  ['.symtab', 'whole', SHT.SYMTAB, 0],
  ['.text', 'dotted', SHT.PROGBITS, CODE],
  ['.tbss', 'dotted', SHT.NOBITS, WRITE | SHF.TLS],
  ['.tdata', 'dotted', SHT.PROGBITS, WRITE | SHF.TLS],
  ['.zdebug_line', 'whole', SHT.PROGBITS, 0],
  ['.zdebug_info', 'whole', SHT.PROGBITS, 0],
  ['.zdebug_abbrev', 'whole', SHT.PROGBITS, 0],
  ['.zdebug_aranges', 'whole', SHT.PROGBITS, 0],
];

/** What the name of a section says about it, or undefined where it says nothing. */
export function specialSection(name: string): SpecialSection | undefined {
  if (!name.startsWith('.')) return undefined;
  for (const [prefix, extent, type, flags] of ROWS) {
    if (!name.startsWith(prefix) || !reaches(name, prefix, extent, type)) continue;
    const suffixed = extent === 'dotted' && name.length > prefix.length;
    return {
      type,
      flags,
      allows: (extra) => {
        // A note may be allocated, so that the linker makes a PT_NOTE segment of it.
        if (type === SHT.NOTE && (extra === SHF.ALLOC || extra === SHF.EXECINSTR)) return true;
        return suffixed && (extra & ~(SHF.MERGE | SHF.STRINGS)) === 0;
      },
      replaces: (extra) =>
        (extra === SHF.ALLOC && /^\.(interp|strtab|symtab)$/.test(name)) ||
        (extra === SHF.EXECINSTR && name === '.note.GNU-stack'),
    };
  }
  return undefined;
}

function reaches(name: string, prefix: string, extent: Extent, type: number): boolean {
  if (name.length === prefix.length) return true;
  if (extent === 'whole') return false;
  const dot = name[prefix.length] === '.';
  return dot || (extent === 'prefix' && type !== SHT.REL);
}
