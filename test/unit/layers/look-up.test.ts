import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  layersOfCrate,
  layersOfHeader,
  layersOfLibrary,
  layersOfModule,
  layersOfPackage,
  layersOfTool,
  layersWith,
  searchLayers,
} from '../../../src/layers/look-up.ts';

test('each look-up is exact, and the smallest layer comes first', () => {
  assert.deepEqual(layersOfModule('alsa'), ['alsa']);
  assert.deepEqual(layersOfModule('als'), []);
  assert.deepEqual(layersOfLibrary('asound'), ['alsa']);
  assert.deepEqual(layersOfHeader('gsl/gsl_version.h'), ['gsl']);
  assert.deepEqual(layersOfTool('clang'), ['clang']);
  assert.deepEqual(layersOfCrate('libseccomp-sys'), ['seccomp']);
  assert.deepEqual(layersOfLibrary('fuse'), ['fuse2', 'fuse'], 'fuse2 is one package, fuse two');
  assert.equal(layersOfModule('gdk-pixbuf-2.0')[0], 'gdk-pixbuf');
  assert.equal(layersOfPackage('libssl-dev', 'trixie')[0], 'openssl');
  assert.ok(layersOfPackage('libssl-dev', 'trixie').includes('curl'));
  assert.deepEqual(layersOfPackage('libsdl3-dev', 'bookworm'), []);
  assert.deepEqual(layersOfPackage('libsdl3-dev', 'trixie'), ['sdl3']);
  for (const lookUp of [layersOfCrate, layersOfModule, layersOfLibrary, layersOfHeader, layersOfTool])
    for (const word of ['', '__proto__', 'constructor']) assert.deepEqual(lookUp(word), []);
});

test('a person finds a layer by any name of it, whatever that is a name of', () => {
  assert.deepEqual(layersWith('llvm-config'), ['llvm']);
  assert.equal(searchLayers('gsl/gsl_version.h')[0], 'gsl');
  assert.equal(searchLayers('gfortran')[0], 'fortran');
  assert.equal(searchLayers('libasound.so')[0], 'alsa');
  assert.ok(searchLayers('gsl_version.h').includes('gsl'));
});
