/** What a run of the preprocessor is told: gcc's command line, as far as it concerns preprocessing. */
import type { Diagnostics } from '../source/diagnostics.ts';
import type { FileReader } from '../source/files.ts';

export interface PreprocessorOptions {
  readonly files: FileReader;
  readonly language: 'c' | 'assembler';
  /** -iquote: searched for "..." after the including file's folder. */
  readonly quoteDirs?: readonly string[];
  /** -I */
  readonly includeDirs?: readonly string[];
  /** -isystem */
  readonly systemDirs?: readonly string[];
  /** As after -D: 'NAME', 'NAME=VALUE', 'F(x)=x'. */
  readonly defines?: readonly string[];
  /** As after -U; they come after the defines. */
  readonly undefines?: readonly string[];
  /** -include, in order, before the file. */
  readonly includes?: readonly string[];
  readonly bigEndian?: boolean;
  /**
   * gcc's flags that change predefined macros, such as '-O2' and '-std=gnu89', and -fmacro-prefix-map=OLD=NEW; others
   * have no effect.
   */
  readonly flags?: readonly string[];
  /** The time that __DATE__ and __TIME__ tell; by default that at the start of the run. */
  readonly now?: Date;
  readonly diagnostics: Diagnostics;
}
