/** The door of the room: text in, object file out. */
import { withDebugSections } from '../elf/dwarf-write.ts';
import type { ObjectFile } from '../elf/object-file.ts';
import type { MappedText } from '../source/source-file.ts';
import { Assembler, type AssemblerOptions } from './assembler.ts';
import { finish } from './finish.ts';

export type { AssemblerOptions } from './assembler.ts';

/**
 * Assembles `text`, as it comes from the preprocessor or from a file. Faults are collected in `options.diagnostics`; throws
 * SourceErrors with all of them where there was any.
 */
export function assembleText(text: MappedText, options: AssemblerOptions): ObjectFile {
  const asm = new Assembler(options);
  asm.read(text);
  options.diagnostics.throwIfErrors();
  const object = finish(asm);
  options.diagnostics.throwIfErrors();
  const located = asm.debugLines.rows.length > 0;
  if (options.debug !== true && !located) return object;
  return withDebugSections(object, {
    source: options.file,
    directory: options.directory ?? '',
    producer: 'hypstep',
  });
}
