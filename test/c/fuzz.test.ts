/** Spoilt sources give diagnostics, and nothing else: no other exception, no endless run. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FAULTS } from './faults.ts';
import { faultsOf } from './parse-text.ts';

const test = suite('spoilt C');

const SEED = 1999;
const RUNS = Math.round(150 * Number(process.env.HYPSTEP_ORACLE_SCALE ?? 1));

const SOUND = `
typedef unsigned long u64; struct s { int a : 3; union { u64 b; char c[sizeof(u64)]; }; struct s *next; } __attribute__((packed));
enum e { A, B = sizeof(struct s), C = B << 2 }; static inline int f(struct s *p, int (*g)(void), ...) { return ({ 1; }) + g(); }
int table[] = { [2] = 1, 2 }, (*fp[3])(char c); typeof(table) other; _Static_assert(sizeof(int) == 4, "int");
#pragma pack(push, 1)
struct t { char c; _Alignas(8) long l; struct s in[2]; }; asm("nop" : : "i"(A)); int h(a, b) int a; char *b; { if (a) { asm("x"); } return 0; }
extern __typeof__(((struct t *)0)->in[1].c) x __attribute__((aligned(__alignof__(u64)), section(".x")));
int n = __builtin_choose_expr(1, 2, 3) + _Generic(1, int: 1, default: 2) + __builtin_offsetof(struct t, in[1].b);
`;

/** A generator of whole numbers below its argument (mulberry32). */
function generator(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}

/** `words` with some taken out, doubled, exchanged or replaced by words of other places. */
function spoil(words: readonly string[], random: (end: number) => number): string {
  const spoilt = [...words];
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(spoilt.length);
    const other = words[random(words.length)]!;
    const count = random(4) === 0 ? random(20) : 1;
    if (random(3) === 0) spoilt.splice(at, count);
    else if (random(2) === 0) spoilt.splice(at, count, other);
    else spoilt.splice(at, 0, other);
  }
  return spoilt.join(' ');
}

test('the sound source has no fault', () => {
  assert.equal(faultsOf(SOUND), []);
});

test(`${RUNS} of them`, () => {
  const random = generator(SEED);
  const sources = [SOUND, SOUND, SOUND, ...FAULTS.map(([, , source]) => source)];
  const sound = sources.map((source) => source.match(/\n#.*\n|\w+|"[^"\n]*"|\S/g) ?? []);
  for (let i = 0; i < RUNS; i++) {
    const source = spoil(sound[random(3) > 0 ? 0 : random(sound.length)]!, random);
    try {
      faultsOf(source);
    } catch (error) {
      assert.unreachable(`seed ${SEED}, run ${i}: ${(error as Error).stack}\n${source}`);
    }
  }
});

test('words without any sense', () => {
  const random = generator(SEED);
  const words =
    '( ) { } [ ] ; , = * : ... struct union enum int typedef __attribute__ asm sizeof typeof x 1 "s" \'c\' # @ \\'.split(
      ' ',
    );
  for (let i = 0; i < RUNS; i++) {
    const source = Array.from({ length: 1 + random(40) }, () => words[random(words.length)]).join(' ');
    try {
      faultsOf(source);
    } catch (error) {
      assert.unreachable(`seed ${SEED}, run ${i}: ${(error as Error).stack}\n${source}`);
    }
  }
});

test.run();
