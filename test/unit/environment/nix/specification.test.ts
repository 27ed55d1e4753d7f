import assert from 'node:assert/strict';
import test from 'node:test';
import { specification } from '../../../../src/environment/nix/specification.ts';
import { layerCatalogue } from '../../../../src/layers/catalogue.ts';

const wish = {
  system: 'x86_64-linux',
  nixpkgs: { url: 'https://a.example/nixpkgs.tar.gz', rev: null, narHash: `sha256-${'A'.repeat(43)}=` },
  layers: [],
  packages: [],
  own: null,
  toolchain: null,
};

function made(layers: readonly string[]) {
  const specified = specification({ ...wish, layers });
  assert.ok(specified.ok, JSON.stringify(specified));
  return JSON.parse(specified.value);
}

test('equal wishes are equal texts, with all that decides the result', () => {
  const { nixpkgs, layers, tools } = made(['zlib', 'openssl']);
  assert.deepEqual(nixpkgs, { url: wish.nixpkgs.url, narHash: wish.nixpkgs.narHash });
  assert.deepEqual(layers, made(['openssl', 'zlib']).layers);
  assert.deepEqual(layers[0], { attributes: ['openssl'], kinds: ['library'], name: 'openssl' });
  assert.ok(tools.includes('pkg-config'));
});

test('every layer of the catalogue has attributes for Nix, and those that it needs come along', () => {
  for (const { name, needs } of layerCatalogue()) {
    const found = made([name]).layers as { name: string; attributes: string[]; kinds: string[] }[];
    for (const wanted of [name, ...needs])
      assert.ok(
        found.some((layer) => layer.name === wanted),
        `${name}: ${wanted}`,
      );
    for (const { attributes, kinds } of found) assert.ok(attributes.length > 0 && kinds.length > 0, name);
  }
});
