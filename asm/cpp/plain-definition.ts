/**
 * #define lines in which nothing can be at fault, found without making tokens of them: no `#` and no __VA_ARGS__ or
 * __VA_OPT__ in the body, a list of parameters that is in order, and an end of the line that is beyond doubt.
 */

// What may stand in the body of a #define without making a difference to where it ends.
const NAME = '[A-Za-z_]\\w*';
const PARAMETERS = `${NAME}(?:[ \\t]*,[ \\t]*${NAME})*(?:[ \\t]*,?[ \\t]*\\.\\.\\.)?|\\.\\.\\.|`;
const ORDINARY = '[^\\n"\'\\\\/#%]*';
const SPLICE = '\\\\[ \\t]*\\n';
const STRING = '"(?:[^"\\\\\\n]|\\\\[^\\n])*"';
const CHARACTER = "'(?:[^'\\\\\\n]|\\\\[^\\n])*'";
const COMMENT = '/\\*[^*\\n]*(?:\\*(?!/)[^*\\n]*)*\\*/';
const LINE_COMMENT = '//[^\\n\\\\]*';
/** The name, the parameters if there is a list of them, and a body, to the end of the line. */
const PLAIN_DEFINITION = new RegExp(
  `[ \\t]+(${NAME})(?:\\([ \\t]*(${PARAMETERS})[ \\t]*\\)|(?=[ \\t\\n]))` +
    `${ORDINARY}(?:(?:${SPLICE}|${STRING}|${CHARACTER}|${COMMENT}|/(?![*/\\\\])|%(?![:\\\\]))${ORDINARY})*` +
    `(?:${LINE_COMMENT})?(?:\\n|$)`,
  'y',
);

export interface PlainDefinition {
  readonly name: string;
  /** Where the next line begins. */
  readonly end: number;
}

/** The definition in the #define line that goes on at `at` of `text`, behind the directive's name, if it is plain. */
export function plainDefinition(text: string, at: number): PlainDefinition | undefined {
  PLAIN_DEFINITION.lastIndex = at;
  const match = PLAIN_DEFINITION.exec(text);
  if (match === null || match[1] === 'defined') return undefined;
  const parameters = match[2];
  if (parameters !== undefined && hasDuplicates(parameters)) return undefined;
  const end = PLAIN_DEFINITION.lastIndex;
  return match[0].includes('__VA_') ? undefined : { name: match[1]!, end };
}

function hasDuplicates(parameters: string): boolean {
  const names = parameters.split(',').map((name) => name.trim());
  return new Set(names).size < names.length;
}
