/** Condition operands (Arm ARM C1.2.4, table C1-1) and their other names. */
import type { Operand } from '../form.ts';

/** The names of each condition value; the first is the preferred one. The names after it are SVE's and the carry's. */
export const conditionNames: readonly (readonly string[])[] = [
  ['eq', 'none'],
  ['ne', 'any'],
  ['cs', 'hs', 'nlast'],
  ['cc', 'lo', 'ul', 'last'],
  ['mi', 'first'],
  ['pl', 'nfrst'],
  ['vs'],
  ['vc'],
  ['hi', 'pmore'],
  ['ls', 'plast'],
  ['ge', 'tcont'],
  ['lt', 'tstop'],
  ['gt'],
  ['le'],
  ['al'],
  ['nv'],
];

const values: ReadonlyMap<string, number> = new Map(
  conditionNames.flatMap((names, value) => names.map((name): [string, number] => [name, value])),
);

const ALWAYS = 14;

function conditionOperand(inverted: boolean): Operand {
  return {
    encode(reader, draft) {
      const name = reader.peekName();
      const value = name === undefined ? undefined : values.get(name);
      if (value === undefined) return reader.expected('a condition');
      if (inverted && value >= ALWAYS) return reader.fail(`condition '${name}' has no inverse`);
      draft.set('cond', inverted ? value ^ 1 : value);
      reader.skip();
      return true;
    },
    print(view) {
      const value = inverted ? view.get('cond') ^ 1 : view.get('cond');
      const names = conditionNames[value]!;
      if (names.length > 1) view.comment = `\t// ${names[0]} = ${names.slice(1).join(', ')}`;
      return names[0]!;
    },
  };
}

/** `<cond>` */
export const condition: Operand = conditionOperand(false);

/** `<cond>` of an alias whose encoding holds the inverse (CSET); AL and NV have none. */
export const invertedCondition: Operand = conditionOperand(true);
