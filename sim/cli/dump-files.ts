/** ELF files read and printed one after the other, as objdump does. */
import { readElf } from '../../asm/elf/read.ts';
import { type DumpOptions, dumpLines } from '../../asm/objdump/disassemble.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { printLines } from './output.ts';

/** Prints `paths`. Throws SourceError for a file that cannot be read, and where no file has a section asked for. */
export function dumpFiles(paths: readonly string[], options: DumpOptions): void {
  const files = new NodeFiles();
  const missing = new Set(options.sections);
  for (const path of paths) {
    const bytes = files.read(path);
    if (bytes === undefined) throw new SourceError(`${path}: no such file`);
    const file = readElf(bytes, path);
    for (const { name } of file.sections) missing.delete(name);
    printLines(dumpLines(file, path, options));
  }
  for (const name of missing) throw new SourceError(`no file has a section '${name}'`);
}
