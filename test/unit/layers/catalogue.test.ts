import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basePackages,
  fetchRoot,
  findLayer,
  layerCatalogue,
  layerNames,
  layerPackages,
  layersWith,
  rootPackages,
} from '../../../src/layers/catalogue.ts';

test('the catalogue is sorted, and every layer brings packages on at least one suite', () => {
  const names = layerNames();
  assert.deepEqual(names, [...names].sort());
  for (const { name, description, pkgConfig, links } of layerCatalogue()) {
    assert.match(name, /^[a-z0-9-]+$/);
    assert.ok(description.length > 0, name);
    assert.deepEqual(pkgConfig, [...new Set(pkgConfig)], name);
    assert.deepEqual(links, [...new Set(links)], name);
    assert.ok(
      (['bookworm', 'trixie'] as const).some((suite) => layerPackages([name], suite).ok),
      name,
    );
  }
});

test('the base of each suite has compilers, the usual tools and the libclang of that suite', () => {
  for (const suite of ['bookworm', 'trixie'] as const) {
    const packages = basePackages(suite);
    for (const wanted of ['gcc', 'g++', 'make', 'cmake', 'pkg-config', 'git', 'perl', 'python3', 'protobuf-compiler'])
      assert.ok(packages.includes(wanted), wanted);
    assert.equal(packages.filter((name) => name.startsWith('libclang1-')).length, 1);
  }
});

test('the root that fetches for a host without Rust has a cargo and no compilers of the base', () => {
  const fetching = rootPackages(fetchRoot);
  assert.ok(fetching.includes('cargo') && !fetching.includes('g++'));
  const box = rootPackages({ kind: 'box', suite: 'trixie' });
  assert.ok(!box.includes('cargo') && box.includes('g++'));
});

test('layers give their Debian packages, sorted and once', () => {
  const packages = layerPackages(['sqlite', 'curl', 'openssl'], 'bookworm');
  assert.deepEqual(packages, { ok: true, value: ['libcurl4-openssl-dev', 'libsqlite3-dev', 'libssl-dev'] });
});

test('what a layer needs comes with it, through as many layers as it takes', () => {
  const xdp = layerPackages(['xdp'], 'trixie');
  assert.ok(xdp.ok);
  for (const name of ['libxdp-dev', 'libbpf-dev', 'libelf-dev']) assert.ok(xdp.value.includes(name), name);
  assert.deepEqual(findLayer('xdp', 'trixie')?.packages, xdp.value);
});

test('a layer may differ from suite to suite, or be missing on one', () => {
  const python = layerPackages(['python'], 'trixie');
  assert.ok(python.ok && python.value.includes('libpython3.13-dev'));
  const sdl = layerPackages(['sdl3'], 'bookworm');
  assert.ok(!sdl.ok);
  assert.match(sdl.problems[0]?.what ?? '', /sdl3.*bookworm/);
});

test('every unknown layer is named with the nearest one, also by what it is called elsewhere', () => {
  const result = layerPackages(['opensll', 'libpq-dev', '__proto__', 'constructor'], 'bookworm');
  assert.ok(!result.ok);
  assert.deepEqual(
    result.problems.map((problem) => problem.code),
    ['config', 'config', 'config', 'config'],
  );
  assert.match(result.problems[0]?.fix ?? '', /'openssl'/);
  assert.match(result.problems[1]?.fix ?? '', /'postgres'/);
});

test('a missing library leads to the smallest layer that has it', () => {
  assert.equal(layersWith('openssl')[0], 'openssl');
  assert.equal(layersWith('libpq')[0], 'postgres');
  assert.equal(layersWith('webkit2gtk-4.1')[0], 'webkit');
  assert.equal(layersWith('asound')[0], 'alsa');
  assert.deepEqual(layersWith('no-such-library'), []);
});
