/**
 * Makes private members plain ones in what is bundled: `#words` of class Cpu becomes `$Cpu_words`. Up to the time at which V8
 * optimizes a function, which most of a command's functions never reach, it finds private members by a slower way than
 * others. The sources keep theirs, and tsc has seen to it by then that nobody else uses them.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

export const plainMembers: Plugin = {
  name: 'plain members',
  setup({ onLoad }) {
    onLoad({ filter: /\/(asm|sim)\/.*\.ts$/ }, ({ path }) => ({
      contents: withPlainMembers(path, readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** A class that is being gone through: its name, and its private members with their '#'. */
interface OpenClass {
  readonly name: string;
  readonly members: ReadonlySet<string>;
}

/** The source `text` of the file at `path` with its private members renamed; lines stay where they are. */
export function withPlainMembers(path: string, text: string): string {
  const names: { readonly start: number; readonly end: number; readonly plain: string }[] = [];
  const visit = (node: ts.Node, open: readonly OpenClass[]): void => {
    if (ts.isPrivateIdentifier(node)) {
      const { name } = open.findLast(({ members }) => members.has(node.text))!;
      const plain = `$${name}_${node.text.slice(1)}`;
      const isTest = ts.isBinaryExpression(node.parent) && node.parent.left === node;
      names.push({ start: node.getStart(), end: node.end, plain: isTest ? `'${plain}'` : plain });
      return;
    }
    const inside = ts.isClassLike(node) ? [...open, openClass(node, path)] : open;
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true), []);
  let plain = '';
  let end = 0;
  for (const name of names) {
    plain += text.slice(end, name.start) + name.plain;
    end = name.end;
  }
  return plain + text.slice(end);
}

function openClass(node: ts.ClassLikeDeclaration, path: string): OpenClass {
  const members = node.members.flatMap(({ name }) => (name && ts.isPrivateIdentifier(name) ? [name.text] : []));
  // Without the name of its class a member could be taken for one of the class that it extends.
  if (members.length > 0 && node.name === undefined)
    throw new Error(`${path}: a class with private members has no name`);
  return { name: node.name?.text ?? '', members: new Set(members) };
}
