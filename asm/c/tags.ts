/** Tags of structs, unions and enums (C11 6.7.2.3). */
import type { Token } from '../cpp/token.ts';
import { SourceError } from '../source/diagnostics.ts';
import { noteAt } from './notes.ts';
import type { Parser } from './parser.ts';
import type { TagEntity } from './scope.ts';
import { typeText } from './type-text.ts';
import type { EnumType, RecordType } from './types.ts';

/**
 * What `tag` names: with `own` in the current scope, else in any. Throws SourceError where it names a type of another
 * kind than `keyword`.
 */
export function findTag(p: Parser, keyword: TagEntity['keyword'], tag: Token, own: boolean): TagEntity | undefined {
  const found = own ? p.scope.tags.get(tag.text) : p.scope.findTag(tag.text);
  if (found === undefined || found.keyword === keyword) return found;
  const note = noteAt('declared here', found.at);
  throw new SourceError(`'${tag.text}' is the tag of a different kind: ${found.keyword} ${tag.text}`, tag, [note]);
}

/** The fault that `type` is defined once more at `at`. */
export function redefinition(type: RecordType | EnumType, at: Token): SourceError {
  const note = noteAt('first defined here', type.place);
  return new SourceError(`'${typeText(type)}' is defined a second time`, at, [note]);
}
