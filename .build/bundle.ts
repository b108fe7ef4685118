/**
 * Makes what is installed: dist/hypstep.cjs, the whole program in one file, and dist/hypstep.cache, V8's compiled code for
 * it. A command line pays for every file it loads and every function it compiles; with these two it pays for neither.
 * Where the cache does not fit the Node at hand, V8 refuses it and compiles from the source, as it would without.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

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
  // The loader passes the address of the bundle, which stands for every module's own.
  define: { 'import.meta.url': 'bundleUrl' },
  logLevel: 'warning',
});
copyFileSync(`${root}.build/load.cjs`, `${root}dist/load.cjs`);

// What these commands compile is what the cache holds.
for (const words of [['run'], ['as', '--help']]) {
  const { status, stderr } = spawnSync(process.execPath, [`${root}dist/load.cjs`, ...words], {
    env: { ...process.env, HYPSTEP_WRITE_CACHE: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`hypstep ${words.join(' ')}: exit status ${status}\n${stderr}`);
    process.exitCode = 1;
  }
}
