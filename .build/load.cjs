#!/usr/bin/env node
/** Starts the bundled program with V8's compiled code for the command at hand, where that fits (see bundle.ts). */
const { readFileSync, writeFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');
const { isMainThread, Worker } = require('node:worker_threads');

// Most commands end before optimized code has paid for its making, so V8 (11 to 13, Node 20 to 24, know this flag) shall
// see a function run fifteen times as long before it optimizes it. A world switch of a thousand steps gains by it; one of
// a hundred thousand loses a tenth of a second, once. Flags are part of what a cache must fit.
if (Number.parseInt(process.versions.v8, 10) <= 13) setFlagsFromString('--interrupt-budget=1000000');

/** With so many words behind the command a catalogue of scenarios is judged, on several threads: see sim/cli/judges.ts. */
const WORDS_FOR_THREADS = 16;
/** Megabytes: more of them are more memory to find and to go through, fewer have what a run makes copied. */
const YOUNG_GENERATION = 16;

let threads;

/** Threads of this program, one for each processor but this thread's. They keep nobody waiting until somebody waits for them. */
function startThreads() {
  threads ??= Array.from({ length: availableParallelism() - 1 }, () => {
    const thread = new Worker(__filename, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION } });
    thread.unref();
    return thread;
  });
  return threads;
}

// To start takes a thread as long as it takes this one, so the others begin before this one knows what to do.
const isCatalogue = ['run', 'test'].includes(process.argv[2]) && process.argv.length - 3 >= WORDS_FOR_THREADS;
if (isMainThread && isCatalogue) startThreads();

const bundle = `${__dirname}/hypstep.cjs`;
const cacheToWrite = process.env.HYPSTEP_WRITE_CACHE;

/** Which command's code is nearest to what `command` uses: code that is not used only takes time to load. */
function nearestCache(command = '--help') {
  if (command.startsWith('-')) return 'help';
  return { as: 'as', offsets: 'offsets', layout: 'offsets' }[command] ?? 'run';
}

function readCache() {
  try {
    return readFileSync(`${__dirname}/${nearestCache(process.argv[2])}.cache`);
  } catch {
    return undefined;
  }
}

// The parameters are what the bundle expects of its surroundings. It is ASCII, which is read fastest as Latin-1.
const source = `(function (require, module, exports, bundleUrl, startThreads) {${readFileSync(bundle, 'latin1')}\n})`;
const script = new Script(source, { filename: bundle, cachedData: cacheToWrite ? undefined : readCache() });
const module_ = { exports: {} };
script.runInThisContext()(require, module_, module_.exports, pathToFileURL(bundle).href, startThreads);

if (cacheToWrite) process.on('exit', () => writeFileSync(cacheToWrite, script.createCachedData()));
