#!/usr/bin/env node
// Starts the bundle beside it with V8's code cache: compiling it anew took a third of the time that a command with
// nothing to do needs before the box starts. The cache lies beside the bundle and nowhere else: whoever can write there
// can change the program anyway. Where it cannot be written, the program runs without.
'use strict';
const { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const bundle = join(__dirname, 'main.cjs');
const { mtimeMs, size } = statSync(bundle);
// V8 itself compares only the length of the source, its own version and its flags.
const cache = join(__dirname, `.code-${process.version}-${process.arch}-${Math.floor(mtimeMs)}-${size}`);
// The bundler writes ASCII only, which is read fastest so.
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'latin1')}\n})`;
const cachedData = readCache();
const script = new Script(source, { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
const mainModule = { exports: {} };
// Both files lie in one folder, so this file's `require` finds what the bundle's own would.
script.runInThisContext()(mainModule.exports, require, mainModule, bundle, __dirname);
if (cachedData === undefined || script.cachedDataRejected === true) process.once('exit', writeCache);

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

// At the end, when the functions that a command needs have been compiled and are part of what is kept.
function writeCache() {
  const fresh = `${cache}.${process.pid}`;
  try {
    writeFileSync(fresh, script.createCachedData(), { mode: 0o644, flag: 'wx' });
    renameSync(fresh, cache);
  } catch {
    try {
      unlinkSync(fresh);
    } catch {
      // It was never made: the folder is not ours to write.
    }
  }
}
