/**
 * Makes what is installed: dist/hypstep.cjs, the whole program in one file, and dist/*.cache, V8's compiled code for what a
 * command uses of it. A command line pays for every file it loads and every function it compiles; with these two it pays
 * for neither. Where a cache does not fit the Node at hand, V8 refuses it and compiles from the source, as it would
 * without.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { plainMembers } from './plain-members.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = `${root}fixtures`;

/** Runs `hypstep WORDS...`, leaves what it compiled in dist/`cache`, and returns what it printed. */
function writeCache(cache: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}dist/load.cjs`, ...words], {
    env: { ...process.env, HYPSTEP_WRITE_CACHE: `${root}dist/${cache}` },
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`hypstep ${words.join(' ')}: exit status ${status}\n${stderr}`);
    process.exitCode = 1;
  }
  return stdout;
}

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);
await build({
  entryPoints: [`${root}sim/cli/main.ts`],
  outfile: `${root}dist/hypstep.cjs`,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  plugins: [plainMembers],
  // Without comments, the only text that is not ASCII. Names stay, for stack traces.
  minifyWhitespace: true,
  charset: 'ascii',
  legalComments: 'none',
  // What the loader passes: the address of the bundle stands for every module's own.
  banner: { js: '(function (require, module, exports, bundleUrl, startThreads) {' },
  footer: { js: '})' },
  define: { 'import.meta.url': 'bundleUrl' },
  logLevel: 'warning',
});
if (/[^\0-\x7f]/.test(readFileSync(`${root}dist/hypstep.cjs`, 'utf8'))) throw new Error('the bundle is not all ASCII');
copyFileSync(`${root}.build/load.cjs`, `${root}dist/load.cjs`);
// npm makes it so when it installs, but not when it only builds.
chmodSync(`${root}dist/load.cjs`, 0o755);

// The loader knows which command starts with which cache.
const scratch = mkdtempSync(join(tmpdir(), 'hypstep-'));
writeCache('help.cache', '--help');
writeCache('run.cache', 'run');
// Long ones use no other code than short ones.
const short = readdirSync(`${fixtures}/scenarios`).filter(
  (name) => !['many-switches.yaml', 'debug-pairs.yaml'].includes(name),
);
writeCache('catalogue.cache', 'run', ...short.map((name) => `${fixtures}/scenarios/${name}`));
mkdirSync(join(scratch, 'asm'));
writeFileSync(join(scratch, 'asm/asm-offsets.h'), writeCache('offsets.cache', 'offsets', 'after'));
const include = ['after', 'common', 'common/uapi'].flatMap((folder) => ['-I', `${fixtures}/include/${folder}`]);
const macros = ['-D__KERNEL__', '-D__ASSEMBLY__'];
const object = ['-o', join(scratch, 'hyp.o')];
writeCache('as.cache', 'as', ...macros, ...include, '-I', scratch, `${fixtures}/hyp/after/hyp.S`, ...object);
rmSync(scratch, { recursive: true });
