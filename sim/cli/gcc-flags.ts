/**
 * gcc's and GNU as's own flags, for the commands that take them (GCC manual, "Preprocessor Options"; GNU as manual,
 * "AArch64 Options"). Words that are no flag here are left to the caller.
 */
import { UsageError } from './exit.ts';

export interface GccFlags {
  readonly defines: string[];
  readonly undefines: string[];
  readonly includeDirs: string[];
  readonly quoteDirs: string[];
  readonly systemDirs: string[];
  readonly afterDirs: string[];
  /** -include files. */
  readonly includes: string[];
  /** -o */
  output?: string;
  /** -march= and -mcpu=, as written. */
  march?: string;
  mcpu?: string;
  /** -x: the language, whatever the file is called. */
  language?: string;
  /** -E: stop after preprocessing; with -P without line markers. */
  preprocessOnly: boolean;
  withoutMarkers: boolean;
  bigEndian: boolean;
  /** -g in any of its forms. */
  debug: boolean;
  /** The words that are not flags, in order. */
  readonly rest: string[];
}

/** Flags that take a value, joined to them or as the next word. */
const withValue: Readonly<Record<string, (flags: GccFlags, value: string) => void>> = {
  '-D': (flags, value) => flags.defines.push(value),
  '-U': (flags, value) => flags.undefines.push(value),
  '-I': (flags, value) => flags.includeDirs.push(value),
  '-iquote': (flags, value) => flags.quoteDirs.push(value),
  '-isystem': (flags, value) => flags.systemDirs.push(value),
  '-include': (flags, value) => flags.includes.push(value),
  // hypstep has no system folders of its own: what is searched after them is searched last.
  '-idirafter': (flags, value) => flags.afterDirs.push(value),
  '-o': (flags, value) => {
    flags.output = value;
  },
  '-march=': (flags, value) => {
    flags.march = value;
  },
  '-mcpu=': (flags, value) => {
    flags.mcpu = value;
  },
  '-x': (flags, value) => {
    if (!languages.has(value)) throw new UsageError(`unknown language '${value}' after -x`);
    flags.language = value;
  },
};

const languages: ReadonlySet<string> = new Set(['assembler', 'assembler-with-cpp', 'c', 'none']);

/** Flags of one word with an effect. */
const alone: Readonly<Record<string, (flags: GccFlags) => void>> = {
  '-EB': (flags) => {
    flags.bigEndian = true;
  },
  '-mbig-endian': (flags) => {
    flags.bigEndian = true;
  },
  '-EL': (flags) => {
    flags.bigEndian = false;
  },
  '-mlittle-endian': (flags) => {
    flags.bigEndian = false;
  },
  '-E': (flags) => {
    flags.preprocessOnly = true;
  },
  '-P': (flags) => {
    flags.withoutMarkers = true;
  },
  '-g': (flags) => {
    flags.debug = true;
  },
};

/** Flags that say what hypstep does anyway, or that change nothing in what it makes. */
const withoutEffect = /^-(c|nostdinc|pipe|w|W.*|f.*|O.*|std=.*|ansi|Wp,.*|mgeneral-regs-only|mabi=lp64)$/;

/** Sorts `words` into flags and the rest. Throws UsageError for a flag that gcc may know and hypstep does not. */
export function parseGccFlags(words: readonly string[]): GccFlags {
  const flags: GccFlags = {
    ...{ defines: [], undefines: [], includeDirs: [], quoteDirs: [], systemDirs: [], afterDirs: [], includes: [] },
    ...{ bigEndian: false, debug: false, preprocessOnly: false, withoutMarkers: false, rest: [] },
  };
  read(flags, words);
  return flags;
}

function read(flags: GccFlags, words: readonly string[]): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const taker = Object.keys(withValue).find((flag) => word.startsWith(flag));
    if (!word.startsWith('-') || word === '-') flags.rest.push(word);
    else if (alone[word] !== undefined) alone[word](flags);
    else if (/^-g(dwarf.*|gdb|\d)?$/.test(word)) flags.debug = true;
    else if (word.startsWith('-Wa,')) readAssemblerFlags(flags, word.slice('-Wa,'.length).split(','));
    else if (taker !== undefined && !withoutEffect.test(word)) {
      const value = word === taker ? words[++i] : word.slice(taker.length);
      if (value === undefined) throw new UsageError(`${taker} needs a value`);
      withValue[taker]!(flags, value);
    } else if (!withoutEffect.test(word)) throw new UsageError(`unknown option '${word}'`);
  }
}

/** Flags of GNU as that gcc passes on: those of them that say something else to gcc, or nothing, are told apart. */
function readAssemblerFlags(flags: GccFlags, words: readonly string[]): void {
  const known =
    /^(-march=.+|-mcpu=.+|-mabi=lp64|-E[BL]|-g.*|--gdwarf-\d|-I.*|-W|--no-warn|--fatal-warnings|--noexecstack|-a[a-z=]*)$/;
  for (const [i, word] of words.entries()) {
    const isValue = i > 0 && words[i - 1] === '-I';
    if (!isValue && !known.test(word)) throw new UsageError(`unknown assembler option '${word}' in -Wa,`);
  }
  read(
    flags,
    words.map((word) => (word.startsWith('--gdwarf') ? '-g' : word)).filter((word) => !/^(-W|--.*|-a.*)$/.test(word)),
  );
}

/** Help text for the flags above. */
export const gccFlagsHelp = `
Flags as gcc and GNU as have them:
  -I, -iquote, -isystem, -idirafter DIR
                                      where includes are looked for
  -include FILE                       read FILE first
  -D NAME[=VALUE], -U NAME            define or undefine a macro
  -EB, -EL                            big- or little-endian (default: little)`;
