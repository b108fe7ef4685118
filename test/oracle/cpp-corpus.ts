/**
 * Small programs of tricky preprocessing, each one behaviour. They go through `aarch64-linux-gnu-gcc -E -P` and through
 * asm/cpp, as C and as assembler source.
 */

export interface Program {
  readonly name: string;
  readonly text: string;
  /** As C alone, or as assembler source alone; by default both. */
  readonly only?: 'c' | 'assembler';
  /** Files beside it, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  /** The same gcc flags for both: -D, -U, -I, -isystem, -iquote, -include and what changes predefined macros. */
  readonly flags?: readonly string[];
}

const raw = String.raw;

const REPLACEMENT: readonly Program[] = [
  {
    name: 'an object-like macro in its own replacement stays',
    text: raw`#define foo foo bar foo
foo foo`,
  },
  {
    name: 'two macros that name each other',
    text: raw`#define a b
#define b a
a b a b`,
  },
  {
    name: 'three macros in a ring',
    text: raw`#define x y 1
#define y z 2
#define z x 3
x y z`,
  },
  {
    name: 'a function-like name without parenthesis',
    text: raw`#define f(x) <x>
f f; f
f (1) f
(2)`,
  },
  {
    name: 'a function-like name at the end of a replacement takes its arguments from behind',
    text: raw`#define f(x) [x]
#define g f
#define h f(1) g
g(2) h(3) g g(4)`,
  },
  {
    name: 'a name disabled in its own rescan stays disabled',
    text: raw`#define f(x) x g
#define g f
f(1)(2)(3)
#define NIL(xxx) xxx
#define G_0(arg) NIL(G_1)(arg)
#define G_1(arg) NIL(arg)
G_0(42)`,
  },
  {
    name: 'f(f)(f)(1)',
    text: raw`#define f(x) x f
f(f)(f)(1)
f(1)(f)(2)`,
  },
  {
    name: 'C11 6.10.3.5 example 3',
    text: raw`#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`,
  },
  {
    name: 'C11 6.10.3.5 example 4',
    text: raw`#define str(s) # s
#define xstr(s) str(s)
#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \
 x ## s, x ## t)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
debug(1, 2);
fputs(str(strncmp("abc\0d", "abc", '\4')
 == 0) str(: @\n), s);
xstr(INCFILE(2).h)
glue(HIGH, LOW);
xglue(HIGH, LOW)`,
  },
  {
    name: 'C11 6.10.3.5 example 5',
    text: raw`#define t(x,y,z) x ## y ## z
int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,),
 t(10,,), t(,11,), t(,,12), t(,,) };`,
  },
  {
    name: 'C11 6.10.3.3 hash_hash',
    text: raw`#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
char p[] = join(x, y);`,
  },
  {
    name: 'a macro undefined between its uses',
    text: raw`#define X 1
X
#undef X
X
#define X 2
X`,
  },
  {
    name: 'an object-like macro followed by a parenthesis',
    text: raw`#define X (a)
X(1) X (2)
#define Y() b
Y() Y( ) Y`,
  },
  {
    name: 'arguments in nested parentheses and with commas',
    text: raw`#define f(a,b) {a|b}
f((1,2),[3)4]) f((,),())
f("a,b",',') f(a (b, c), d)`,
  },
  {
    name: 'empty arguments',
    text: raw`#define f(a,b,c) <a|b|c>
f(,,) f(1,,) f(,2,) f(,,3) f( , , )
#define g(x) [x]
g() g( ) g(
)
#define h() {}
h() h( )`,
  },
  {
    name: 'arguments over several lines, with comments',
    text: raw`#define f(a,b) a-b
f(1, /* one */
  2 // two
) tail
next
f
(
3
,
4
)
end`,
  },
  {
    name: 'nested calls in arguments',
    text: raw`#define f(x) (x+1)
#define g(x,y) f(x)*f(y)
f(f(f(1))) g(f(1),g(2,3)) g(g(1,2),g(3,4))`,
  },
  {
    name: 'an argument that is a function-like name',
    text: raw`#define call(f, x) f(x)
#define twice(x) x x
call(twice, 1) call(call, 2) call(twice, twice)(3)`,
  },
  {
    name: 'an argument is not replaced beside # and ##',
    text: raw`#define A 1
#define s(x) #x x
#define c(x) x##x x
s(A) c(A) s(s(A)) c(c)`,
  },
  {
    name: 'a parenthesis from a macro does not begin arguments before rescan',
    text: raw`#define LP (
#define RP )
#define f(x) <x>
f LP 1 RP
#define g f LP 2 RP
g
#define id(x) x
id(f LP 3 RP) id(id(f LP) 4))`,
  },
  {
    name: 'EMPTY between a name and its parenthesis',
    text: raw`#define EMPTY
#define f(x) <x>
f EMPTY (1)
#define id(x) x
id(f EMPTY (2)) id(id(f EMPTY (3)))`,
  },
  {
    name: 'deferred expansion',
    text: raw`#define EMPTY()
#define DEFER(id) id EMPTY()
#define OBSTRUCT(...) __VA_ARGS__ DEFER(EMPTY)()
#define EXPAND(...) __VA_ARGS__
#define A() 123
DEFER(A)() EXPAND(DEFER(A)()) OBSTRUCT(A)()
EXPAND(EXPAND(OBSTRUCT(A)()))`,
  },
  {
    name: 'a recursive repeat by evaluation levels',
    text: raw`#define EVAL(...) E1(E1(E1(__VA_ARGS__)))
#define E1(...) E2(E2(__VA_ARGS__))
#define E2(...) __VA_ARGS__
#define EMPTY()
#define DEFER(x) x EMPTY()
#define LOOP(n) n DEFER(LOOP_)()(n n)
#define LOOP_() LOOP
EVAL(LOOP(1))`,
  },
  {
    name: 'a definition that changes while arguments are read',
    text: raw`#define f(x) old x
f(
#undef f
#define f(x) new x
1) f(2)`,
  },
  {
    name: 'an undefinition while the parenthesis is looked for',
    text: raw`#define f(x) <x>
f
#undef f
(1)`,
  },
  {
    name: 'conditionals among arguments',
    text: raw`#define f(a,b) a+b
f(
#if 1
1
#else
2
#endif
,
#ifdef NOPE
3
#else
4
#endif
)`,
  },
  {
    name: 'a definition among arguments takes part',
    text: raw`#define f(x) x
f(
#define Y 7
Y
) Y`,
  },
  {
    name: 'spacing between tokens that come from macros',
    text: raw`#define EMPTY
#define p +
#define m -
#define id(x) x
+p -m p+ p p pp m-m -EMPTY- id(+)+ id( + )+ +id(+) id(a)id(b) id(a)b a id(b)
id(1)id(2) id(.)id(.) .id(.). id(<)id(<) id(x)id("s") id(L)"s" id(1).5 1id(.5)`,
  },
  {
    name: 'white space around replacements',
    text: raw`#define o x
#define f(a) a
[o] [ o ] [o ] [ o] [f(1)] [ f(1) ] [f( 1 )] [f(f( 1 ))] (o,o) (o, o)
f(-)o o f(o)-f( o)f(o )`,
  },
  {
    name: 'white space in replacement lists',
    text: raw`#define a  1   2
#define b(x)   x	x x   +   x   
#define c /* c */ y /* d */
[a][b(3)][c][ a ][ b( 4 ) ]`,
  },
  {
    name: 'a line start from a macro',
    text: raw`#define h #define x 1
#define n #
#define e
h
n define y 2
e # define z 3
x y z`,
    only: 'c',
  },
  {
    name: 'padding after a macro that is nothing',
    text: raw`#define e
#define f(x)
a e b
ae b
e a
a e
[e][f(1)][ e ][e ][ e]
e e f(2) x`,
  },
  {
    name: 'replacement of keywords and predefined names',
    text: raw`#define int long
#define if while
int if (x) unsigned int;`,
  },
  {
    name: 'a macro that expands to the next macro name by pasting',
    text: raw`#define AB ok
#define cat(a,b) a##b
#define xcat(a,b) cat(a,b)
#define A x
cat(A,B) xcat(A,B) cat(cat(A,B),C) xcat(cat(A,B),C)`,
  },
  {
    name: 'pasted function-like name takes arguments',
    text: raw`#define foobar(x) <x>
#define cat(a,b) a##b
cat(foo,bar)(1) cat(foo,bar) (2) cat(foo, bar)
(3)`,
  },
  {
    name: 'a chain of calls where the callee is made by arguments',
    text: raw`#define APPLY(m, ...) m(__VA_ARGS__)
#define ADD(a,b) a+b
APPLY(ADD, 1, 2) APPLY(APPLY, ADD, 3, 4) APPLY(ADD, (5,6), 7)`,
  },
  {
    name: 'counting arguments',
    text: raw`#define N(...) N_(__VA_ARGS__,5,4,3,2,1,0)
#define N_(a,b,c,d,e,n,...) n
N(a) N(a,b) N(a,b,c) N(a,b,c,d,e) N((a,b),c)`,
  },
];

const OPERATORS: readonly Program[] = [
  {
    name: 'stringizing normalises white space',
    text: raw`#define s(x) #x
s(a b) s( a   b ) s(a	b) s(a/* c */b) s(a
b) s() s( ) s(a+b) s(a +b) s(+ +)`,
  },
  {
    name: 'stringizing strings and characters',
    text: raw`#define s(x) #x
s("a") s("a\n") s('"') s('\'') s('\\') s("\"") s(L"x") s("a" "b") s('a'b"c")`,
  },
  {
    name: 'stringizing backslashes outside literals',
    text: raw`#define s(x) #x
s(\n) s(@\n) s(a\b) s("\\" \)`,
  },
  {
    name: 'stringizing a backslash at the end',
    text: raw`#define s(x) #x
s(a\\)`,
  },
  {
    name: 'stringizing a replaced argument',
    text: raw`#define s(x) #x
#define xs(x) s(x)
#define A a  b
#define f(x) [x]
#define e
xs(A) xs(f(1)) xs( f( 2 ) ) xs(e) xs(e A e) xs(A A) xs(-f(-)-) xs(f(A)f(A))`,
  },
  {
    name: 'stringizing variable arguments',
    text: raw`#define s(...) #__VA_ARGS__
#define t(a, b...) #a #b
s(a,b) s(a , b) s() s(,) s( a,(b , c) ) t(1) t(1,) t(1,2,3) t( 1 , 2 , 3 )`,
  },
  {
    name: "stringizing puts the operator's own space before the string",
    text: raw`#define s(x) a#x b # x c
s(1)`,
  },
  {
    name: 'pasting names and numbers',
    text: raw`#define c(a,b) a##b
c(a,b) c(a,1) c(1,a) c(1,2) c(1,.) c(1,.5) c(.,5) c(1e,+) c(0x,ff) c(_,_) c(L,'a') c(L,"a")`,
  },
  {
    name: 'pasting punctuators',
    text: raw`#define c(a,b) a##b
c(+,+) c(-,>) c(<,<) c(<<,=) c(&,&) c(|,|) c(=,=) c(!,=) c(>,>) c(>>,=) c(#,#) c(*,=) c(%,=) c(/,=) c(-,-)`,
  },
  {
    name: 'pasting with nothing',
    text: raw`#define c(a,b) <a##b>
c(,) c(a,) c(,b) c( , ) c(a, ) c( ,b)
#define d(a,b,e) <a##b##e>
d(,,) d(1,,) d(,2,) d(,,3) d(1,,3) d(1,2,) d(,2,3)`,
  },
  {
    name: 'pasting longer arguments',
    text: raw`#define c(a,b) a##b
c(a b,c d) c((a),b) c(a,(b)) c(1 2 3,4 5 6) c(a+,+b) c(x y, z)`,
    only: 'assembler',
  },
  {
    name: 'pasting the ends of longer arguments',
    text: raw`#define c(a,b) a##b
c(a b,c d) c(1 2 3,4 5 6) c(x y, z)`,
  },
  {
    name: 'pasting with text of the list',
    text: raw`#define r(n) reg##n x##n##y n##_t pre_##n##_post
r(1) r(a) r()`,
  },
  {
    name: 'pasting in an object-like macro',
    text: raw`#define a x ## y
#define b 1 ## 2 ## 3
#define hh # ## #
a b hh`,
  },
  {
    name: 'pasted tokens keep the space of the left one',
    text: raw`#define c(a,b) a##b
[c(a,b)] [ c(a,b) ] x c(a,b) xc(a,b) c( a , b )
#define d(a) -a##1 - a##2
d(x)`,
  },
  {
    name: 'pasting # and a parameter',
    text: raw`#define s(x) #x##suffix
#define t(x) L###x
#define u(x,y) #x##y`,
    only: 'c',
  },
  {
    name: 'pasting a stringized argument to a prefix',
    text: raw`#define t(x) L## #x
t(a) t()`,
  },
  {
    name: 'an argument beside ## is used raw, elsewhere replaced',
    text: raw`#define A 1
#define f(x) x x##x x#x
f(A)`,
  },
  {
    name: '## in arguments is no operator',
    text: raw`#define f(x) [x]
#define s(x) #x
f(a ## b) s(a ## b) s(#a)`,
  },
  {
    name: '# in an object-like macro is a token',
    text: raw`#define o #x # y
#define p(x) x
[o] p(o)`,
  },
  {
    name: 'digraphs as operators',
    text: raw`%:define s(x) %:x
%:define c(a,b) a %:%: b
s(a) c(a,b) <: :> <% %> s(<:) %:`,
    only: 'c',
  },
  {
    name: 'digraphs are no tokens in assembler text',
    text: raw`#define f(x) [x]
f(<:) <% %> %: f(%:%:)`,
    only: 'assembler',
  },
  {
    name: 'pasting that makes no token in assembler text',
    text: raw`#define c(a,b) a##b
c(+,x) c(a,+) c(.,x) c(/,/) c(/,*) c(",") c(x,"s") c(@,a) c(],[) c(a,.b)`,
    only: 'assembler',
  },
  {
    name: '# without a parameter in assembler text',
    text: raw`#define imm(x) mov x0, #x
#define lit(x) mov x0, #1 + x
#define sp(x) mov x0, # 1, # x
#define end(x) x #
imm(3) lit(4) sp(5) end(6)
#define shift(r, n) lsl r, r, #n
shift(x1, 4)`,
    only: 'assembler',
  },
];

const VARIADIC: readonly Program[] = [
  {
    name: '__VA_ARGS__ with its commas and spaces',
    text: raw`#define v(...) <__VA_ARGS__>
#define w(a,...) a|__VA_ARGS__|
v() v(1) v(1,2) v( 1 , 2 ) v(,) w(1) w(1,) w(1,2,3) w(,)`,
  },
  {
    name: 'named variable arguments',
    text: raw`#define v(args...) <args>
#define w(a, rest...) a|rest|
v() v(1) v(1,2) w(1) w(1,) w(1,2,3)`,
  },
  {
    name: 'the comma before ## goes only when the arguments are left out',
    text: raw`#define a(x, ...) x, ## __VA_ARGS__
#define b(x, y...) x, ## y
#define c(...) f(0, ## __VA_ARGS__)
#define d(y...) f(0, ## y)
a(1) a(1,) a(1,2) a(1,2,3) a(1, 2 , 3)
b(1) b(1,) b(1,2) b(1,2,3)
c() c( ) c(1) c(1,2) d() d(1) d(,)`,
  },
  {
    name: 'variable arguments after ## are not replaced, without it they are',
    text: raw`#define A 1
#define B A, A
#define a(x, ...) x, ## __VA_ARGS__; x, __VA_ARGS__
a(A, A) a(A, B) a(A)`,
  },
  {
    name: 'a comma and ## where the argument is a macro that is nothing',
    text: raw`#define E
#define a(x, ...) x, ## __VA_ARGS__ .
a(1, E) a(1, E E) a(E, E)`,
  },
  {
    name: '## before a comma',
    text: raw`#define a(x, y...) x ##, y
#define b(x, y...) f(x ## y)
b(1) b(1,2) b(,2)`,
  },
  {
    name: '__VA_OPT__ stands when there are arguments',
    text: raw`#define f(x, ...) x __VA_OPT__(, __VA_ARGS__) .
#define g(...) __VA_OPT__(a) __VA_OPT__(b)
#define E
f(1) f(1,) f(1,2) f(1,2,3) f(1,E) f(1, E 2) g() g(x) g(E)`,
  },
  {
    name: '__VA_OPT__ beside ##',
    text: raw`#define f(x, ...) x ## __VA_OPT__(a) y
#define g(x, ...) __VA_OPT__(a) ## x
#define h(x, ...) __VA_OPT__(a x ## x) ## __VA_OPT__(b)
f(1) f(1,2) g(1) g(1,2) h(1) h(1,2) f(,) g(,)`,
  },
  {
    name: '__VA_OPT__ with parameters and parentheses in it',
    text: raw`#define f(x, ...) __VA_OPT__((x)(#x)) [__VA_OPT__()]
#define g(x, ...) a __VA_OPT__(x)x __VA_OPT__( x ) b
f(1) f(1,2) g(1) g(1,2) g(,2)`,
  },
  {
    name: '#__VA_OPT__',
    text: raw`#define f(x, ...) #__VA_OPT__(x ## x __VA_ARGS__) .
#define g(x, ...) <#__VA_OPT__(  a   x )>
f(1) f(1,2) f(,2) g(1) g(1, 2)`,
  },
  {
    name: '__VA_OPT__ padding',
    text: raw`#define E
#define f(...) [__VA_OPT__(__VA_ARGS__)] -__VA_OPT__(-)- +__VA_OPT__(__VA_ARGS__)+
f() f(1) f(-) f( + ) f(E a E)`,
  },
  {
    name: 'variable arguments passed on',
    text: raw`#define log(fmt, ...) printk(fmt, ##__VA_ARGS__)
#define err(fmt, ...) log("e" fmt, ##__VA_ARGS__)
#define any(...) err(__VA_ARGS__)
log("a") log("a", 1) err("b") err("b", 2, 3) any("c") any("c", 4)`,
  },
  {
    name: 'an argument with too many commas goes to the variable part',
    text: raw`#define f(a, b, c...) a;b;c
f(1,2) f(1,2,3) f(1,2,3,4,(5,6)) f(,,,)`,
  },
];

const CONDITIONALS: readonly Program[] = [
  {
    name: 'else and elif chains',
    text: raw`#if 0
a
#elif 1
b
#elif 1
c
#else
d
#endif
#if 0
#elif 0
#else
e
#endif
#ifdef X
f
#elif !defined X
g
#endif`,
  },
  {
    name: 'elifdef and elifndef',
    text: raw`#define X
#if 0
#elifdef X
a
#elifndef X
b
#endif
#if 0
#elifndef X
c
#elifdef Y
d
#else
e
#endif`,
  },
  {
    name: 'conditionals nested in a group left out',
    text: raw`#if 0
#if 1
a
#else
b
#endif
#elif 1
c
#ifdef X
d
#else
e
#endif
#endif`,
  },
  {
    name: 'a group left out may hold anything but a broken conditional',
    text: raw`#if 0
don't "unbalanced /* 
#bogus
#error no
#include "nothing.h"
#define X(
'
#if (
#elif )
#else
#endif
"
/* #endif
*/
#if 1
#endif // x
#else
fine
#endif
after`,
  },
  {
    name: 'comments and literals hide directives in a group left out',
    text: raw`#if 0
/*
#endif
*/
"/*"
#else
a
#endif
#if 0
// \
#endif
#else
b
#endif`,
  },
  {
    name: 'arithmetic',
    text: raw`#if 1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 10 - 4 - 3 == 3 && 100 / 7 == 14 && 100 % 7 == 2
a
#endif
#if -7 / 2 == -3 && -7 % 2 == -1 && 1 << 4 == 16 && -16 >> 2 == -4 && (3 ^ 5) == 6 && (6 & 3) == 2 && (6 | 1) == 7
b
#endif
#if ~0 == -1 && !0 == 1 && !5 == 0 && +3 == 3 && - - 3 == 3
c
#endif
#if 2 < 3 == 1 && 3 > 2 && 2 <= 2 && 2 >= 2 && 1 != 2
d
#endif`,
  },
  {
    name: 'unsigned arithmetic',
    text: raw`#if -1 > 0u
a
#endif
#if 0xffffffffffffffff == -1
b
#endif
#if 18446744073709551615u + 1 == 0
c
#endif
#if -1 >> 1 == -1 && -1u >> 1 == 0x7fffffffffffffff
d
#endif
#if (2 || 3u) - 2 < 0
e
#endif
#if (0 ? 1u : -1) > 0
f
#endif
#if 1 << 63 < 0 && 0x8000000000000000 > 0
g
#endif
#if 1 >> -1 == 2 && 4 << -1 == 2
h
#endif`,
  },
  {
    name: 'integer constants',
    text: raw`#if 010 == 8 && 0x10 == 16 && 0b11 == 3 && 1L == 1 && 1uLL == 1 && 1llu == 1 && 0X1F == 31 && 0 == 00
ok
#endif`,
  },
  {
    name: 'character constants',
    text: raw`#if 'a' == 97 && '\n' == 10 && '\0' == 0 && '\x41' == 65 && '\101' == 65 && '\'' == 39 && '\\' == 92
a
#endif
#if '\377' > 0 && '\xff' == 255 && '\377' == 255
b
#endif
#if 'ab' == 24930 && L'a' == 97 && L'\xffff' == 65535 && '\e' == 27
c
#endif`,
  },
  {
    name: 'prefixed character constants',
    text: raw`#if u'a' == 97 && U'a' == 97
c
#endif`,
    only: 'c',
  },
  {
    name: 'the ternary operator and the comma',
    text: raw`#if 1 ? 0 : 1
a
#elif 0 ? 0 : 1 ? 2 : 0
b
#endif
#if (1, 2) == 2
c
#endif
#if 1 ? 2 ? 3 : 4 : 5
d
#endif`,
  },
  {
    name: 'what is not evaluated may be nonsense',
    text: raw`#if 0 && 1 / 0
a
#elif 1 || 1 % 0
b
#endif
#if 1 ? 1 : 1 / 0
c
#endif
#if 0 && (2 || 1/0)
d
#else
e
#endif`,
  },
  {
    name: 'names in conditions',
    text: raw`#define A 1
#define B A
#define F(x) x + 1
#define G defined A
#if B && F(1) == 2 && !C && G && true == 0
ok
#endif
#if F
no
#else
yes
#endif`,
    only: 'assembler',
  },
  {
    name: 'defined in all its forms',
    text: raw`#define A
#if defined A && defined(A) && defined ( A ) && !defined B && !defined(B)
a
#endif
#define D defined(A)
#if D
b
#endif
#define E defined
#if E A && E(A)
c
#endif`,
  },
  {
    name: 'ifdef of everything',
    text: raw`#define X
#ifdef X
1
#endif
#ifndef X
2
#endif
#ifdef __LINE__
3
#endif
#ifdef __has_include
4
#endif
#ifdef __has_attribute
5
#endif
#ifdef defined
6
#endif
#ifdef _Pragma
7
#endif
#ifdef __VA_ARGS__
8
#endif
#ifdef __COUNTER__
9
#endif`,
  },
  {
    name: 'conditions over several lines',
    text: raw`#if 1 && \
    1 /* a
comment */ && 1
yes
#endif
# /* c */ if 1 // d
yes
# endif`,
  },
  {
    name: 'indented directives and empty ones',
    text: raw`  #  if 1
 #
  a
	#	else
  b
  #endif
#  /* only */
c`,
  },
  {
    name: 'extra tokens after directives are only worth a warning',
    text: raw`#ifdef A B
#else c
#endif d
ok`,
  },
  {
    name: 'IS_ENABLED as Linux has it',
    text: raw`#define CONFIG_ON 1
#define CONFIG_M_MODULE 1
#define __ARG_PLACEHOLDER_1 0,
#define __take_second_arg(__ignored, val, ...) val
#define __is_defined(x) ___is_defined(x)
#define ___is_defined(val) ____is_defined(__ARG_PLACEHOLDER_##val)
#define ____is_defined(arg1_or_junk) __take_second_arg(arg1_or_junk 1, 0)
#define IS_BUILTIN(option) __is_defined(option)
#define IS_MODULE(option) __is_defined(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#if IS_ENABLED(CONFIG_ON)
a
#endif
#if IS_ENABLED(CONFIG_M)
b
#endif
#if IS_ENABLED(CONFIG_OFF)
c
#endif
IS_ENABLED(CONFIG_ON) IS_ENABLED(CONFIG_OFF)`,
  },
];

const FILES: readonly Program[] = [
  {
    name: 'include guards',
    text: raw`#include "g.h"
#include "g.h"
#include "h.h"
#include "h.h"
#undef G
#include "g.h"`,
    files: {
      'g.h': '/* c */\n#ifndef G\n#define G\ng\n#endif\n/* d */\n',
      'h.h': '#if !defined(H)\n#define H\nh\n#endif',
    },
  },
  {
    name: 'what looks like a guard and is none',
    text: raw`#include "a.h"
#include "a.h"
#include "b.h"
#include "b.h"
#include "c.h"
#include "c.h"`,
    files: {
      'a.h': '#ifndef A\n#define A\na\n#else\nagain\n#endif\n',
      'b.h': '#ifndef B\n#define B\nb\n#endif\nafter\n',
      'c.h': 'before\n#ifndef C\n#define C\nc\n#endif\n',
    },
  },
  {
    name: 'pragma once and import',
    text: raw`#include "o.h"
#include "o.h"
#import "i.h"
#import "i.h"
#include "i.h"`,
    files: { 'o.h': '#pragma once\no\n', 'i.h': 'i\n' },
  },
  {
    name: 'computed includes',
    text: raw`#define H "x.h"
#define str(x) #x
#define name(n) str(n.h)
#define ANGLE <d/y.h>
#define LT <
#include H
#include name(x)
#include ANGLE
#include LT d/y.h >`,
    flags: ['-I.'],
    files: { 'x.h': 'x\n', 'd/y.h': 'y\n' },
  },
  {
    name: 'include_next goes on behind the folder',
    text: raw`#include <n.h>
#include "n.h"`,
    flags: ['-Ia', '-Ib', '-Ic'],
    files: { 'a/n.h': 'a\n#include_next <n.h>\n', 'b/n.h': 'b\n#include_next <n.h>\n', 'c/n.h': 'c\n' },
  },
  {
    name: 'include_next from beside the file',
    text: raw`#include "n.h"`,
    flags: ['-Ia'],
    files: { 'n.h': 'here\n#include_next <n.h>\n', 'a/n.h': 'a\n' },
  },
  {
    name: 'where quotes and brackets look',
    text: raw`#include "q.h"
#include <q.h>
#include "sub/s.h"`,
    flags: ['-iquote', 'q', '-I', 'i', '-isystem', 's'],
    files: {
      'q/q.h': 'quote\n',
      'i/q.h': 'angle\n',
      's/q.h': 'system\n',
      'sub/s.h': '#include "t.h"\n',
      'sub/t.h': 'beside\n',
      'i/t.h': 'not\n',
    },
  },
  {
    name: 'a folder given as -I and -isystem is a system folder',
    text: raw`#include <m.h>`,
    flags: ['-Ix', '-Iy', '-isystem', 'x'],
    files: { 'x/m.h': 'x\n', 'y/m.h': 'y\n#include_next <m.h>\n' },
  },
  {
    name: 'has_include',
    text: raw`#if __has_include("x.h") && __has_include(<y.h>) && !__has_include("z.h") && !__has_include(<no/z.h>)
a
#endif
#define H "x.h"
#if __has_include(H)
b
#endif
#ifdef __has_include_next
c
#endif
#include <w.h>`,
    flags: ['-Ii', '-Ij'],
    files: {
      'x.h': '',
      'i/y.h': '',
      'i/w.h': '#if __has_include_next(<w.h>)\nnext\n#endif\n#if !__has_include_next(<y.h>)\nlast\n#endif\n',
      'j/w.h': '',
    },
  },
  {
    name: '__INCLUDE_LEVEL__, __FILE__, __BASE_FILE__ and __FILE_NAME__',
    text: raw`__INCLUDE_LEVEL__ __FILE__ __BASE_FILE__ __FILE_NAME__
#include "d/l.h"
__INCLUDE_LEVEL__ __FILE__`,
    files: {
      'd/l.h': '__INCLUDE_LEVEL__ __FILE__ __BASE_FILE__ __FILE_NAME__ __LINE__\n#include "m.h"\n__FILE__\n',
      'd/m.h': '__INCLUDE_LEVEL__ __FILE__ __LINE__',
    },
  },
  {
    name: 'files without a last newline',
    text: raw`#include "a.h"
#include "b.h"
#include "c.h"
x`,
    files: { 'a.h': 'a', 'b.h': '#define B b', 'c.h': 'B \\' },
  },
  {
    name: 'a macro call does not go on behind its file',
    text: raw`#define f(x) <x>
#include "a.h"
(1)`,
    files: { 'a.h': 'f\n' },
  },
  {
    name: 'an include among arguments',
    text: raw`#define f(x,y) <x|y>
f(
#include "a.h"
, 2)`,
    files: { 'a.h': 'one\n#define Z 3\nZ\n' },
  },
  {
    name: '-include before the file, -D and -U',
    text: raw`A B C D(2) E`,
    flags: ['-DA', '-DB=b', '-DC=', '-DD(x)=<x>', '-DE=1', '-UE', '-include', 'p.h', '-include', 'q.h'],
    files: { 'p.h': 'P A\n#define P2 __INCLUDE_LEVEL__\nP2\n', 'q.h': 'Q P2\n' },
  },
  {
    name: 'an empty file and one of comments',
    text: raw`a
#include "e.h"
#include "c.h"
b`,
    files: { 'e.h': '', 'c.h': '/* nothing */ // here\n' },
  },
  {
    name: 'a conditional does not cross files',
    text: raw`#if 1
#include "a.h"
x
#endif`,
    files: { 'a.h': '#if 1\na\n#endif\n' },
  },
];

const LEXING: readonly Program[] = [
  {
    name: 'line splices in tokens, comments, strings and directives',
    text: raw`ab\
cd 12\
34 "s\
t" 'x\
y' +\
+ /\
* c *\
/ z /\
/ line \
still
#def\
ine X\
Y 1 \
2
XY -\
> .\
.\
.`,
  },
  { name: 'a splice with white space behind the backslash', text: 'a\\  \nb\n#define X 1 \\\t\n + 2\nX\n' },
  {
    name: 'comments are white space',
    text: raw`a/**/b/* x */c /* y */ d//e
f/***/g/*/ */h /* // */ i // /* 
j "/* no */" '/*' k
/* a
b */ l`,
  },
  {
    name: 'comments in directives',
    text: raw`#/**/define/* a
b */X/* c */1/* d */2 // e
X
#undef X // f
#ifdef X /* g */
#endif`,
  },
  {
    name: 'preprocessing numbers',
    text: raw`#define E 1
#define p1 2
1E 1.5e+3 0x1p-3 .5 1..2 1.a 0xE+1 1e1e+ 12_a 1p1 1E+E 0b1 08 1'0`,
    only: 'c',
  },
  {
    name: 'numbers in assembler text',
    text: raw`#define b 1
#define f 2
1b 1f b f 0x1.8p3 1: b 1b`,
    only: 'assembler',
  },
  {
    name: 'literals with prefixes',
    text: raw`#define u 1
#define U 2
#define L 3
#define u8 4
#define R 5
u"a" U"a" L"a" u8"a" u'a' U'a' L'a' u8'a' R"(a)" u "a" LR"(b)" X"a"`,
  },
  {
    name: 'raw strings',
    text: raw`#define x 1
R"d(x " )x" \n
x)d" x R"(
#define x 2
)" x`,
    only: 'c',
  },
  {
    name: 'a lone apostrophe in assembler text takes the line',
    text: raw`#define foo bar
foo it's foo /* x */ foo // y
foo "unbalanced foo
foo 'a' foo 'ab' foo '\'' foo
	// don't foo
	/* can't */ foo`,
    only: 'assembler',
  },
  {
    name: '# lines in assembler text',
    text: raw`#define X 1
# a comment X
#comment X
 # 12 X
## X
#
#!shebang
#1 "file"
.macro m a, b   # X
#endmacro
#if_not X
#(X)
#"X"
.endm`,
    only: 'assembler',
  },
  {
    name: '# lines of assembler text in a group left out',
    text: raw`#if 0
# not X
#else
# yes
#endif`,
    only: 'assembler',
  },
  {
    name: 'a # line among the arguments of assembler text',
    text: raw`#define f(a, b) <a|b>
f(1
# comment
)
end`,
    only: 'assembler',
  },
  {
    name: 'GNU as macros',
    text: raw`#define REG x0
.macro save reg, off=0
	str	\reg, [sp, #\off]
	\reg\()_label_\@:
.endm
	save	REG, 16
	ldr	REG, =sym + 4
	adr REG, 1f; b.eq	1b
	.ascii "REG\n", "\"REG\"" ; .byte 'R', '\\', '''`,
    only: 'assembler',
  },
  {
    name: 'white space that separates arguments in assembler text',
    text: raw`#define A (1)
#define B -1
#define C(x) x
#define D(x, y) x y
	.word A B A
	m A B
	m C(1) C(2) -C(3) C(-) C(4)C(5)
	m D(a,b) D( a , b ) D(-1,-2)
	m a,A ,B , C(1)
	m x.A x. A .A A. $A A$ @A A@ !A ~A \A A:`,
    only: 'assembler',
  },
  {
    name: 'columns of lines',
    text: '\tmov x0, x1\n  \t add\n/* c */ sub\n        x\n \t\t y z\n#define e\ne w\n  e w\n',
  },
  {
    name: 'dollar signs',
    text: raw`#define a$b 1
#define a 2
a$b $a a$ $ 1$`,
    only: 'c',
  },
  {
    name: 'dollar signs in assembler text',
    text: raw`#define a 2
a$b $a a$ $ 1$a $$`,
    only: 'assembler',
  },
  {
    name: 'double colons',
    text: raw`#define c(a,b) a##b
a::b a: :b :: ::: c(:,:)`,
  },
  {
    name: 'stray characters',
    text: raw`#define f(x) x
@ f(@) \ f(\) @@ a@b f(a)@ f(\)b`,
  },
  { name: 'carriage returns', text: '#define X 1\r\n#if X\r\na X\r\n#endif\r\nb \\\r\nc\r\n/* d\r\n*/ e\r\n' },
  { name: 'form feeds and vertical tabs', text: 'a\fb\vc\n\f#define X 1\n#if\fX\nX\n#endif\n' },
  { name: 'trigraphs are off', text: '??=define X 1\nX ??( ??) ??/\nb "??!"\n' },
  { name: 'letters outside ASCII in comments and strings', text: '/* é */ "é" // ü\na\n' },
  {
    name: 'a null directive and a lone hash from a macro',
    text: raw`#define H #
#
H
H H define x`,
  },
];

const LINES: readonly Program[] = [
  {
    name: '__LINE__ in plain text, macros and arguments',
    text: raw`#define L __LINE__
#define f(x) x __LINE__ L
#define g(x) f(x)
#define h() __LINE__
__LINE__ L
f(1
__LINE__ L
)
g(

__LINE__
) L
h(
)
h
()
#define s(x) #x
#define xs(x) s(x)
xs(__LINE__) s(__LINE__) xs(L)`,
  },
  {
    name: '__LINE__ in a condition',
    text: raw`#if __LINE__ == 1
a
#endif
#if __LINE__ == \
 4 || __LINE__ == 5
b
#endif`,
  },
  {
    name: '__LINE__ over spliced lines',
    text: raw`a \
__LINE__ \
__LINE__
__LINE__`,
  },
  {
    name: '#line',
    text: raw`#line 100
__LINE__ __FILE__
#line 200 "other.c"
__LINE__ __FILE__
#define N 300
#define F "macro.c"
#line N F
__LINE__ __FILE__
# line 7
__LINE__ __FILE__ __BASE_FILE__`,
  },
  {
    name: 'line markers',
    text: raw`# 10 "a.c"
__LINE__ __FILE__
# 20 "b.c" 1
__LINE__ __FILE__ __INCLUDE_LEVEL__
# 11 "a.c" 2
__LINE__ __FILE__
# 40
__LINE__ __FILE__`,
    only: 'c',
  },
  {
    name: '#line in an included file',
    text: raw`#include "a.h"
__LINE__ __FILE__`,
    files: { 'a.h': '#line 50 "x.h"\n__LINE__ __FILE__\n' },
  },
  {
    name: '__COUNTER__',
    text: raw`#define c(a,b) a##b
#define xc(a,b) c(a,b)
#define U xc(id, __COUNTER__)
#define twice(x) x x
__COUNTER__ U U twice(__COUNTER__) __COUNTER__
#if __COUNTER__ == 5
__COUNTER__
#endif`,
  },
  {
    name: 'blank lines and long arguments keep later lines apart',
    text: raw`#define f(x) x
a



b
f(1


2)
c
f
d`,
  },
];

const PRAGMAS: readonly Program[] = [
  {
    name: 'pragmas pass through C and vanish from assembler text',
    text: raw`#define X 1
#pragma foo X  bar(1,2)
a
#pragma GCC diagnostic push
 #  pragma   STDC FP_CONTRACT ON
b
#pragma pack(push,1)
#pragma
c`,
  },
  {
    name: '_Pragma',
    text: raw`#define P(x) _Pragma(#x)
#define Q _Pragma("q")
a _Pragma("one two") b
P(three "four") Q c
P(five) P(six)
_Pragma ( "seven" ) d`,
  },
  {
    name: '_Pragma in an argument waits',
    text: raw`#define id(x) x
#define s(x) #x
#define two(x) x x
id(_Pragma("a") b) s(_Pragma("c")) two(_Pragma("d") e)`,
  },
  {
    name: 'a pragma among arguments comes first',
    text: raw`#define f(x) <x>
f(1
#pragma foo
2) 3`,
  },
  {
    name: 'push_macro and pop_macro',
    text: raw`#define X 1
#pragma push_macro("X")
#undef X
#define X 2
X
#pragma push_macro("X")
#undef X
X
#pragma pop_macro("X")
X
#pragma pop_macro("X")
X
#pragma pop_macro("X")
X
#pragma push_macro("Y")
#define Y y
Y
#pragma pop_macro("Y")
Y`,
  },
  {
    name: 'once by _Pragma',
    text: raw`#include "o.h"
#include "o.h"
x`,
    files: { 'o.h': '_Pragma("once") o\n' },
  },
  {
    name: '#ident passes through C',
    text: raw`#ident "v 1"
#sccs "s"
a`,
  },
  {
    name: '#warning goes on',
    text: raw`#warning this is  a "test"
a
#warning it's fine
b`,
  },
  {
    name: 'a system header by pragma',
    text: raw`#include "s.h"
X`,
    files: { 's.h': '#pragma GCC system_header\n#define X 1\n#define X 2\n' },
  },
];

const PREDEFINED: readonly Program[] = [
  {
    name: 'predefined macros',
    text: raw`__aarch64__ __STDC__ __GNUC__ __GNUC_MINOR__ __LP64__ __CHAR_BIT__ __BYTE_ORDER__ __SIZEOF_POINTER__
#ifdef __ASSEMBLER__
asm
#endif
#ifdef __STDC_VERSION__
__STDC_VERSION__
#endif
#ifdef __OPTIMIZE__
opt
#endif
__CHAR16_TYPE__ __UINT64_C(1) __INT64_C(2) __VERSION__ __USER_LABEL_PREFIX__ __REGISTER_PREFIX__ linux unix`,
  },
  {
    name: 'predefined macros of gnu89 at -O2',
    text: raw`#ifdef __OPTIMIZE__
opt
#endif
#ifndef __STDC_VERSION__
old
#endif
#ifdef __GNUC_GNU_INLINE__
gnu
#endif`,
    flags: ['-std=gnu89', '-O2'],
  },
  {
    name: 'predefined macros of big-endian',
    text: raw`__AARCH64EB__ __AARCH64EL__ __BYTE_ORDER__ __ARM_BIG_ENDIAN`,
    flags: ['-mbig-endian'],
  },
  {
    name: 'predefined macros of kernel flags',
    text: raw`__ARM_NEON __PIC__ __ARM_FEATURE_PAC_DEFAULT __SIZEOF_WCHAR_T__ __SSP_STRONG__`,
    flags: [
      '-mgeneral-regs-only',
      '-fno-PIE',
      '-fshort-wchar',
      '-mbranch-protection=pac-ret+leaf',
      '-fstack-protector-strong',
    ],
  },
  {
    name: 'a predefined macro may be undefined',
    text: raw`#undef __aarch64__
#undef linux
__aarch64__ linux
#undef __FILE__
__FILE__`,
  },
  {
    name: '__has_attribute and __has_builtin',
    text: raw`__has_attribute(packed) __has_attribute(__aligned__) __has_attribute(nothing) __has_attribute(gnu::unused)
__has_attribute(fallthrough) __has_attribute(clang::x) __has_builtin(__builtin_expect) __has_builtin(memcpy)
__has_builtin(nothing) __has_builtin(__sync_fetch_and_add) __has_builtin(__atomic_load_n)
#if __has_attribute(__noinline__) && !__has_attribute(__no_such__)
yes
#endif
#define packed foo
__has_attribute(packed) __has_c_attribute(nodiscard) __has_c_attribute(packed) __has_cpp_attribute(packed)`,
    only: 'c',
  },
  {
    name: '__has_attribute is plain text in assembler sources',
    text: raw`__has_attribute(packed)
#ifdef __has_builtin
no
#endif`,
    only: 'assembler',
  },
];

/** Programs that both must refuse. */
const ERRORS: readonly Program[] = [
  { name: '#error', text: '#error stop here\na' },
  { name: 'a missing file', text: '#include "nothing.h"\na' },
  { name: 'a missing system file', text: '#include <nothing.h>\na' },
  { name: 'too few arguments', text: '#define f(a,b) a b\nf(1)' },
  { name: 'too many arguments', text: '#define f(a) a\nf(1,2)' },
  { name: 'arguments for a macro that takes none', text: '#define f() a\nf(1)' },
  { name: 'an argument list without end', text: '#define f(a) a\nf(1\nb' },
  {
    name: 'an argument list that ends with its file',
    text: '#define f(a) a\n#include "a.h"\n)',
    files: { 'a.h': 'f(1\n' },
  },
  { name: '#if without #endif', text: '#if 1\na' },
  { name: '#ifdef left out without #endif', text: '#ifdef NO\na' },
  { name: '#else without #if', text: '#else\n' },
  { name: '#elif without #if', text: '#elif 1\n' },
  { name: '#endif without #if', text: 'a\n#endif\n' },
  { name: '#else after #else', text: '#if 1\n#else\n#else\n#endif' },
  { name: '#elif after #else', text: '#if 1\n#else\n#elif 1\n#endif' },
  { name: '#else after #else in a group left out', text: '#if 0\n#if 1\n#else\n#else\n#endif\n#endif' },
  { name: '#if of nothing', text: '#if\n#endif' },
  { name: '#if of a macro that is nothing', text: '#define X\n#if X\n#endif' },
  { name: '#if of two values', text: '#if 1 2\n#endif' },
  { name: '#if of an operator alone', text: '#if *\n#endif' },
  { name: '#if with an operand missing', text: '#if 1 +\n#endif' },
  { name: '#if with a parenthesis missing', text: '#if (1\n#endif' },
  { name: '#if with a parenthesis too many', text: '#if 1)\n#endif' },
  { name: '#if with empty parentheses', text: '#if ()\n#endif' },
  { name: '#if of a string', text: '#if "a"\n#endif' },
  { name: '#if of a floating constant', text: '#if 1.5\n#endif' },
  { name: '#if of a bad number', text: '#if 1foo\n#endif' },
  { name: '#if of a bad octal', text: '#if 08\n#endif' },
  { name: '#if of an unknown function', text: '#if foo(1)\n#endif' },
  { name: '#if of an unknown function that does not matter', text: '#if 0 && foo(1)\n#endif' },
  { name: '#if of an assignment', text: '#define A 1\n#if A = 1\n#endif' },
  { name: '#if of increments', text: '#if 1++\n#endif' },
  { name: '#if divided by zero', text: '#if 1 / 0\n#endif' },
  { name: '#if modulo zero', text: '#if 1 % 0\n#endif' },
  { name: '#if with a question without answer', text: '#if 1 ? 2\n#endif' },
  { name: '#if with a colon alone', text: '#if 1 : 2\n#endif' },
  { name: '#if of an empty character', text: "#if ''\n#endif" },
  { name: '#elif with a fault', text: '#if 0\n#elif 1 +\n#endif' },
  { name: 'defined of nothing', text: '#if defined\n#endif' },
  { name: 'defined of a number', text: '#if defined 1\n#endif' },
  { name: 'defined without end', text: '#if defined(A\n#endif' },
  { name: '#ifdef of nothing', text: '#ifdef\n#endif' },
  { name: '#ifdef of a number', text: '#ifdef 1\n#endif' },
  { name: '#define of nothing', text: '#define\n' },
  { name: '#define of a number', text: '#define 1 2\n' },
  { name: '#define of defined', text: '#define defined 1\n' },
  { name: '#undef of defined', text: '#undef defined\n' },
  { name: '#undef of nothing', text: '#undef\n' },
  { name: '#define with a bad parameter', text: '#define f(1) a\n' },
  { name: '#define with parameters without end', text: '#define f(a\n' },
  { name: '#define with a comma missing', text: '#define f(a b) a\n' },
  { name: '#define with a comma too many', text: '#define f(a,) a\n' },
  { name: '#define with a parameter after the variable ones', text: '#define f(..., a) a\n' },
  { name: '#define with a parameter twice', text: '#define f(a, a) a\n' },
  { name: '#define with ## first', text: '#define f ## a\n' },
  { name: '#define with ## last', text: '#define f(a) a ##\n' },
  { name: '#define with # before no parameter', text: '#define f(a) #b\n', only: 'c' },
  { name: '#define with # last', text: '#define f(a) a #\n', only: 'c' },
  { name: 'a ## that makes no token', text: '#define c(a,b) a##b\nc(+,x)', only: 'c' },
  { name: '__VA_OPT__ without parenthesis', text: '#define f(...) __VA_OPT__ a\n' },
  { name: '__VA_OPT__ without end', text: '#define f(...) __VA_OPT__(a\n' },
  { name: '__VA_OPT__ in itself', text: '#define f(...) __VA_OPT__(__VA_OPT__())\n' },
  { name: '__VA_OPT__ that begins with ##', text: '#define f(a,...) __VA_OPT__(## a)\n' },
  { name: '#include of nothing', text: '#include\n' },
  { name: '#include of a name', text: '#include foo\n' },
  { name: '#include without end', text: '#include <foo\n' },
  { name: '#include of an empty name', text: '#include ""\n' },
  { name: 'an unknown directive', text: '#bogus\n', only: 'c' },
  { name: '#line of nothing', text: '#line\n' },
  { name: '#line of a name', text: '#line foo\n' },
  { name: '#line with a bad file', text: '#line 1 foo\n' },
  { name: '#ident of a name', text: '#ident foo\n' },
  { name: 'a comment without end', text: 'a /* b\n' },
  { name: 'a comment without end in a group left out', text: '#if 0\n/* b\n#endif\n' },
  { name: '_Pragma of a name', text: '_Pragma(foo)\n' },
  { name: '_Pragma without parenthesis', text: '_Pragma "foo"\n' },
  { name: 'push_macro of a name', text: '#pragma push_macro(X)\n' },
  { name: 'a poisoned name', text: '#pragma GCC poison foo\nfoo\n' },
  { name: 'pragma GCC error', text: '#pragma GCC error "no"\n' },
  { name: '__has_include without parenthesis', text: '#if __has_include "x.h"\n#endif' },
  { name: '__has_include of a name', text: '#if __has_include(x)\n#endif' },
  { name: '__has_include outside a directive', text: '__has_include("x.h")' },
  { name: '__has_attribute of a number', text: '__has_attribute(1)', only: 'c' },
  { name: 'a file that includes itself', text: '#include "a.h"\n', files: { 'a.h': '#include "a.h"\n' } },
];

export const PROGRAMS: readonly Program[] = [
  ...REPLACEMENT,
  ...OPERATORS,
  ...VARIADIC,
  ...CONDITIONALS,
  ...FILES,
  ...LEXING,
  ...LINES,
  ...PRAGMAS,
  ...PREDEFINED,
  ...ERRORS,
];
