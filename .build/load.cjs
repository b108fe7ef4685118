#!/usr/bin/env node
/** Starts the bundled program with V8's compiled code for the command at hand, where that fits (see bundle.ts). */
const { readFileSync, statSync, writeFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');
const { isMainThread, Worker, workerData } = require('node:worker_threads');

const bundle = `${__dirname}/hypstep.cjs`;
const cacheToWrite = process.env.HYPSTEP_WRITE_CACHE;
/** So many scenarios are a catalogue, which is judged on several threads: see sim/cli/judges.ts. */
const SCENARIOS_OF_CATALOGUE = 16;
/** Megabytes: more of them are more memory to find and to go through, fewer have what a run makes copied. */
const YOUNG_GENERATION = 16;

function isFolder(path) {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether `command` with `words` behind it is going to judge a catalogue: a guess, since nothing is known of its options here. */
function isCatalogue(command, words) {
  if (command !== 'run' && command !== 'test') return false;
  const isOption = (word = '') => word.startsWith('-');
  const paths = words.filter((word, n) => !isOption(word) && !isOption(words[n - 1]));
  if (command === 'test' && paths.length === 0) return true;
  return paths.length >= SCENARIOS_OF_CATALOGUE || paths.some(isFolder);
}

/** Which cache has the code that is nearest to what is used: code that is not used only takes time to load. */
function nearestCache([command = '--help', ...words]) {
  if (command.startsWith('-')) return 'help';
  if (isCatalogue(command, words)) return 'catalogue';
  return { as: 'as', offsets: 'offsets', layout: 'offsets' }[command] ?? 'run';
}

/** Threads do what the first one does. */
const cache = isMainThread ? nearestCache(process.argv.slice(2)) : workerData.cache;

/** Flags of V8 11 to 13 (Node 20 to 24). They are part of what a cache must fit, and hold for all threads. */
function setFlags() {
  // Most commands end before optimized code has paid for its making, so V8 shall see a function run fifteen times as long
  // before it optimizes it. A world switch of a thousand steps gains by it; one of a hundred thousand loses a tenth of a
  // second, once.
  setFlagsFromString('--interrupt-budget=1000000');
  if (cache !== 'catalogue') return;
  // Where every processor has a thread of its own, helpers are in their way when young objects are collected; and most of
  // what a thread makes first it keeps, so that to collect often only has it copied.
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--semi-space-growth-factor=16');
}

let threads;

/** Threads of this program, one for each processor but this thread's. They keep nobody waiting until somebody waits for them. */
function startThreads() {
  threads ??= Array.from({ length: cacheToWrite ? 0 : availableParallelism() - 1 }, () => {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION };
    const thread = new Worker(__filename, { workerData: { cache }, resourceLimits });
    thread.unref();
    return thread;
  });
  return threads;
}

function readCache() {
  try {
    return readFileSync(`${__dirname}/${cache}.cache`);
  } catch {
    return undefined;
  }
}

if (isMainThread) {
  if (Number.parseInt(process.versions.v8, 10) <= 13) setFlags();
  // To start takes a thread as long as it takes this one, so the others begin before this one knows what to do.
  if (cache === 'catalogue') startThreads();
}

// The bundle is a function of its surroundings. It is ASCII, which is read fastest as Latin-1.
const source = readFileSync(bundle, 'latin1');
const script = new Script(source, { filename: bundle, cachedData: cacheToWrite ? undefined : readCache() });
const module_ = { exports: {} };
script.runInThisContext()(require, module_, module_.exports, pathToFileURL(bundle).href, startThreads);

if (cacheToWrite) process.on('exit', () => writeFileSync(cacheToWrite, script.createCachedData()));
