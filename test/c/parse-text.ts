/** C text parsed for a test. */

import { sizeOf } from '../../asm/c/layout.ts';
import { type ParseOptions, parseTranslationUnit, type TranslationUnit } from '../../asm/c/parse.ts';
import { preprocessSource } from '../../asm/cpp/preprocess.ts';
import { Diagnostics, diagnosticsOf, formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { MemoryFiles } from '../../asm/source/files.ts';
import { SourceFile } from '../../asm/source/source-file.ts';

/** The unit that `text` is, called t.c. Throws SourceErrors where it has faults of syntax. */
export function parse(text: string, options: Partial<ParseOptions> = {}): TranslationUnit {
  const diagnostics = new Diagnostics();
  const unit = read(text, diagnostics, options);
  diagnostics.throwIfErrors();
  return unit;
}

function read(text: string, diagnostics: Diagnostics, options: Partial<ParseOptions>): TranslationUnit {
  const { bigEndian } = options;
  const tokens = preprocessSource(new SourceFile('t.c', text), {
    files: new MemoryFiles(),
    language: 'c',
    bigEndian,
    diagnostics,
  });
  return parseTranslationUnit(tokens, { diagnostics, bigEndian });
}

/**
 * The first lines of all faults of `text`: those of its syntax, else those that come up when the size of every record
 * and variable and the value of every enumerator is asked for.
 */
export function faultsOf(text: string): string[] {
  const diagnostics = new Diagnostics();
  try {
    const unit = read(text, diagnostics, {});
    if (diagnostics.errorCount === 0) askAll(unit, diagnostics);
  } catch (error) {
    if (diagnosticsOf(error) === undefined) throw error;
  }
  const errors = diagnostics.list.filter((diagnostic) => diagnostic.severity === 'error');
  return [...new Set(errors.map((diagnostic) => formatDiagnostic(diagnostic).split('\n')[0]!))];
}

function askAll(unit: TranslationUnit, diagnostics: Diagnostics): void {
  const ask = (question: () => unknown) => {
    try {
      question();
    } catch (error) {
      const found = diagnosticsOf(error);
      if (found === undefined) throw error;
      for (const diagnostic of found) diagnostics.add(diagnostic);
    }
  };
  for (const record of unit.records()) ask(() => sizeOf(record));
  for (const name of unit.names()) {
    ask(() => unit.constant(name));
    ask(() => {
      const type = unit.typeOf(name);
      if (type !== undefined) sizeOf(type);
    });
  }
}
