#!/usr/bin/env node
/** Starts the bundled program with V8's compiled code for it, where that fits (see bundle.ts). */
const { readFileSync, writeFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const bundle = `${__dirname}/hypstep.cjs`;
const cache = `${__dirname}/hypstep.cache`;

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

// The parameters are what the bundle expects of its surroundings.
const source = `(function (require, module, exports, bundleUrl) {${readFileSync(bundle, 'utf8')}\n})`;
const script = new Script(source, { filename: bundle, cachedData: readCache() });
const module_ = { exports: {} };
script.runInThisContext()(require, module_, module_.exports, pathToFileURL(bundle).href);

if (process.env.HYPSTEP_WRITE_CACHE) {
  process.on('exit', () => writeFileSync(cache, script.createCachedData()));
}
