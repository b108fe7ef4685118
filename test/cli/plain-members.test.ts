/** Private members made plain for the bundle: programs do what they did. */
import { transformSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withPlainMembers } from '../../.build/plain-members.ts';

function run(source: string): unknown {
  return new Function(transformSync(source, { loader: 'ts' }).code.replace(/^result = /m, 'return '))();
}

/** What the program assigns to `result`, before and after; the text afterwards. */
function bothWays(source: string): { before: unknown; after: unknown; plain: string } {
  const plain = withPlainMembers('a.ts', source);
  return { before: run(source), after: run(plain), plain };
}

test('fields, methods, accessors, static members and tests for membership', () => {
  const { before, after, plain } = bothWays(`
    let result: unknown;
    class Counter {
      static #made = 0;
      readonly text = '#count';
      #count = 1;
      constructor() { Counter.#made++; }
      #add(n: number) { this.#count += n; return this; }
      get #double() { return 2 * this.#count; }
      set #double(value: number) { this.#count = value / 2; }
      static isOne(value: object) { return #count in value; }
      run() { this.#add(4).#double += 2; return [this.#count, Counter.#made, this.text, this?.#double]; }
    }
    const counter = new Counter();
    result = [counter.run(), Counter.isOne(counter), Counter.isOne({})];
  `);
  assert.equal(before, [[6, 1, '#count', 12], true, false]);
  assert.equal(after, before);
  assert.not.match(plain, /#(?!count')/);
  assert.match(plain, /this\.\$Counter_count \+= n/);
});

test('a class and the one that it extends keep members of one name apart, and so do classes inside others', () => {
  const { before, after } = bothWays(`
    let result: unknown;
    class Outer {
      #a = 1;
      #b = 2;
      inner() {
        const outer = this;
        return new (class Inner { #a = 10; sum() { return this.#a + outer.#b; } })().sum();
      }
      get a() { return this.#a; }
    }
    class Further extends Outer { #a = 5; sum() { return this.#a + this.a; } }
    result = [new Further().sum(), new Outer().inner()];
  `);
  assert.equal(before, [6, 12]);
  assert.equal(after, before);
});

test('a class without a name has to get one', () => {
  const source = 'export const made = class { #a = 1; a() { return this.#a; } };';
  assert.throws(() => withPlainMembers('a.ts', source), /^a\.ts: a class with private members has no name$/);
});

test.run();
