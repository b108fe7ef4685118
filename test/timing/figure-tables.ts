/** The tables of docs/timing.md, made of the model's own figures. */
import {
  CLASSES,
  type ClassRow,
  DIVIDE,
  EXCEPTION,
  EXCEPTIONS_TO_CLASSES,
  type Figure,
  FRONT_END,
  MEMORY,
  MULTIPLY64,
} from '../../sim/timing/cortex-a53-table.ts';
import { describeSource, type Source } from '../../sim/timing/source.ts';

/** Markdown: a table of classes, and one for each group of other figures. */
export function figureTables(): string {
  const classes = Object.entries(CLASSES).map(([name, row]) => classLine(name, row));
  const single = Object.entries(EXCEPTIONS_TO_CLASSES).map(([name, row]) => classLine(`only ${name}`, row));
  const multiply = Object.entries(MULTIPLY64).map(([name, { result, busy, sources }]) =>
    classLine(`multiply, 64 bits, ${name} factors`, { result, busy, sources }),
  );
  const head = ['| class | result | operands | unit | pairing | holds | source |', '|---|---|---|---|---|---|---|'];
  return [
    ...head,
    ...classes,
    ...single,
    ...multiply,
    ...group('Loads and stores', MEMORY),
    ...group('Front end', FRONT_END),
    ...group('Exceptions', EXCEPTION),
    ...group('Division', DIVIDE),
  ].join('\n');
}

function classLine(name: string, row: Partial<ClassRow>): string {
  const stages = Object.entries(row.stageOf ?? {}).map(([field, stage]) => `, ${field} ${stage}`);
  const busy = row.busy === undefined ? '' : ` for ${row.busy}`;
  const notes = [row.pairing, row.drains ? 'waits for all' : undefined, row.refetches ? 'refetches' : undefined];
  const cells = [
    name,
    row.result ?? '',
    row.stage === undefined ? '' : `${row.stage}${stages.join('')}`,
    row.unit === undefined && busy === '' ? '' : `${row.unit ?? 'the same'}${busy}`,
    notes.filter((note) => note !== undefined).join(', '),
    row.holds ?? '',
    sourcesText(row.sources ?? []),
  ];
  return `| ${cells.join(' | ')} |`;
}

function group(title: string, figures: Readonly<Record<string, Figure>>): string[] {
  const lines = Object.entries(figures).map(
    ([name, { value, source }]) => `| ${name} | ${value} | ${sourcesText([source])} |`,
  );
  return ['', `### ${title}`, '', '| figure | value | source |', '|---|---|---|', ...lines];
}

function sourcesText(sources: readonly Source[]): string {
  return sources.map((source) => describeSource(source).replaceAll('<', '&lt;')).join('; ');
}
