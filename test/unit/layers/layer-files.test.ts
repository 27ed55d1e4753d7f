import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { layerCatalogue, layerNames } from '../../../src/layers/catalogue.ts';
import { layerFields } from '../../../src/layers/layer-fields.ts';
import { allLayers } from '../../../src/layers/layer-files.ts';
import { layerSchema } from '../../../src/layers/layer-schema.ts';
import { neededBy, packagesOn } from '../../../src/layers/packages.ts';
import { readLayer } from '../../../src/layers/read-layer.ts';
import { layersPage } from '../../support/layers-page.ts';

const suites = ['bookworm', 'trixie'] as const;

test('every file is a layer, and there is nothing else in the folder', () => {
  const files = readdirSync('images/layers').sort();
  assert.deepEqual(
    files,
    layerNames()
      .map((name) => `${name}.json`)
      .sort(),
  );
  assert.deepEqual(layerNames(), [...layerNames()].sort());
  for (const file of files) {
    const read = readLayer(
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(`images/layers/${file}`, 'utf8')),
      file,
    );
    assert.deepEqual(read.ok ? [] : read.problems, []);
  }
});

test('files have their fields in one order, and their lists sorted', () => {
  for (const name of layerNames()) {
    const file = JSON.parse(readFileSync(`images/layers/${name}.json`, 'utf8')) as Record<string, unknown>;
    const order = Object.keys(layerFields).filter((field) => Object.hasOwn(file, field));
    assert.deepEqual(Object.keys(file), order, name);
    const { debian, check: _, ...others } = file;
    const lists = [...Object.values(debian as object), ...Object.values(others)].filter(Array.isArray);
    for (const list of [...lists, ...(Array.isArray(debian) ? [debian] : [])])
      assert.deepEqual(list, [...list].sort(), name);
    if (!Array.isArray(debian))
      assert.notDeepEqual((debian as { bookworm: unknown }).bookworm, (debian as { trixie: unknown }).trixie, name);
  }
});

test('what a layer needs exists where the layer does, and not in a circle', () => {
  for (const { name, needs, debian } of layerCatalogue()) {
    assert.ok(!neededBy(allLayers(), name).includes(name), `${name} needs itself`);
    for (const needed of needs) {
      const other = allLayers().get(needed);
      assert.ok(other !== undefined, `${name} needs ${needed}`);
      for (const suite of suites)
        assert.ok(debian[suite].length === 0 || other.debian[suite].length > 0, `${name} on ${suite} needs ${needed}`);
    }
  }
});

test('no two layers bring the same packages, and each brings some', () => {
  for (const suite of suites) {
    const sets = new Map<string, string>();
    for (const name of layerNames()) {
      const packages = packagesOn(allLayers(), name, suite).join(' ');
      if (packages === '') continue;
      assert.equal(sets.get(packages), undefined, `${name} on ${suite}`);
      sets.set(packages, name);
    }
  }
  for (const { name, debian } of layerCatalogue())
    assert.ok(
      suites.some((suite) => debian[suite].length > 0),
      name,
    );
});

test('what proves a layer is among what it says to give', () => {
  for (const { name, check, pkgConfig, headers, tools, links } of layerCatalogue()) {
    if ('pkgConfig' in check) assert.ok(pkgConfig.includes(check.pkgConfig), name);
    else if ('header' in check) assert.ok(headers.includes(check.header), name);
    else if ('program' in check) assert.ok(tools.includes(check.program[0] ?? ''), name);
    else assert.ok(links.includes(check.library), name);
  }
});

test('the schema and the page of layers are up to date', () => {
  const said = 'run `npm run layers:table`';
  assert.deepEqual(JSON.parse(readFileSync('images/layers.schema.json', 'utf8')), layerSchema(), said);
  assert.equal(readFileSync('images/LAYERS.md', 'utf8'), layersPage(), said);
});

test('the page says of every layer what it is in nixpkgs, and of one that is nothing there that it is not', () => {
  const cellsOf = (page: string) =>
    page
      .split('\n')
      .filter((line) => line.startsWith('| [`'))
      .map((line) => line.split(' | '));
  const rows = cellsOf(layersPage());
  const expected = layerCatalogue().map(({ nix }) => nix.map((name) => `\`${name}\``).join(' ') || 'not in Nix');
  assert.deepEqual(
    rows.map((cells) => cells[4]),
    expected,
  );
  const without = layerCatalogue().map((layer) => (layer.name === 'zlib' ? { ...layer, nix: [] } : layer));
  const changed = cellsOf(layersPage(without)).filter((cells, index) => cells[4] !== rows[index]?.[4]);
  assert.deepEqual(
    changed.map((cells) => [cells[0], cells[4]]),
    [['| [`zlib`](layers/zlib.json)', 'not in Nix']],
  );
});
