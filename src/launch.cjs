#!/usr/bin/env node
// Starts the bundle beside it, and loads what that asks for, with V8's code cache: compiling it anew took a third of the
// time that a command with nothing to do needs before the box starts. The caches lie beside the bundles and nowhere else:
// whoever can write there can change the program anyway. Where they cannot be written, the program runs without.
'use strict';
const { closeSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { Script } = require('node:vm');

const keptWithinMs = 2000;
/** A cache holds what its run has compiled: one made by `--version` or `plan build` would leave all the rest to every build. */
const telling = process.argv.find((word) =>
  /^(?:b|build|c|check|clippy|t|test|r|run|exec|help|image|plan|verify)$/.test(word),
);
const kind = telling === undefined || /^(?:help|image|plan|verify)$/.test(telling) ? 'other' : 'boxed';
const modules = new Map();
/** What is to be written at the end: by one listener, since a long command may load more files than Node takes listeners. */
const unkept = new Map();
load(join(__dirname, 'main.cjs'));

/** A bundle of ours, once; all lie in one folder. What else is wanted, this file's `require` finds as theirs would. */
function load(bundle) {
  const known = modules.get(bundle);
  if (known !== undefined) return known.exports;
  const { mtimeMs, size } = statSync(bundle);
  // V8 itself compares only the length of the source, its own version and its flags.
  const stamp = `${process.version}-${process.arch}-${Math.floor(mtimeMs)}-${size}`;
  const cache = join(__dirname, `.code-${basename(bundle, '.cjs')}-${kind}-${stamp}`);
  // The bundler writes ASCII only, which is read fastest so.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'latin1')}\n})`;
  const cachedData = readCache(cache);
  const script = new Script(source, { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
  const loaded = { exports: {} };
  modules.set(bundle, loaded);
  // At the end, when the functions that a command needs have been compiled and are part of what is kept. Not after a long
  // one: V8 forgets again what it compiled at the start, and a cache without that is 20 ms slower than one of a short run.
  if (cachedData === undefined || script.cachedDataRejected === true) {
    if (unkept.size === 0) process.once('exit', writeCaches);
    unkept.set(cache, script);
  }
  const near = (name) => (name.startsWith('./') ? loadNear(name) : require(name));
  script.runInThisContext()(loaded.exports, near, loaded, bundle, __dirname);
  return loaded.exports;
}

/** `./bundle.cjs`, or of one that holds several modules `./bundle.cjs#module`. */
function loadNear(name) {
  const [bundle, module] = name.split('#');
  const loaded = load(join(__dirname, bundle));
  return module === undefined ? loaded : loaded[module];
}

function readCache(cache) {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

function writeCaches() {
  if (performance.now() < keptWithinMs) for (const [cache, script] of unkept) writeCache(cache, script);
}

function writeCache(cache, script) {
  const fresh = `${cache}.${process.pid}`;
  try {
    // Opened first: where nothing can be kept, nothing has to be made.
    const file = openSync(fresh, 'wx', 0o644);
    writeFileSync(file, script.createCachedData());
    closeSync(file);
    renameSync(fresh, cache);
  } catch {
    try {
      unlinkSync(fresh);
    } catch {
      // It was never made: the folder is not ours to write.
    }
  }
}
