import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesOf, readConfiguration } from '../../../src/oci/compare-image.ts';
import { dockerManifest, imageConfiguration, imageIndex, imageManifest } from '../../../src/oci/image-documents.ts';

const meaning = {
  architecture: 'amd64',
  epoch: 1_700_000_000,
  identity: 'e'.repeat(64),
  suite: 'bookworm',
  layers: ['alsa'],
  toolchain: '1.95.0',
};
const layers = [
  { holds: 'base', sha256: 'a'.repeat(64), sizeBytes: 1 },
  { holds: 'state', sha256: 'b'.repeat(64), sizeBytes: 2 },
];

test('a configuration says nothing but what the lock says', () => {
  const { text } = imageConfiguration(meaning, layers);
  const value = JSON.parse(text);
  assert.equal(value.created, '2023-11-14T22:13:20Z');
  assert.equal(value.config.User, 'box');
  assert.deepEqual(value.rootfs.diff_ids, [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`]);
  assert.equal(value.history.length, 2);
  const [metadata] = JSON.parse(value.config.Labels['devcontainer.metadata']);
  assert.equal(metadata.updateRemoteUserUID, false);
  assert.equal(imageConfiguration({ ...meaning }, [...layers]).text, text);
});

test('an image with compiled dependencies says which, and with what variables they hold', () => {
  const dependencies = {
    sum: 'f'.repeat(64),
    profile: 'release',
    variables: { SQLX_OFFLINE: 'true', CARGO_HOME: '/elsewhere' },
  } as const;
  const { config } = JSON.parse(imageConfiguration({ ...meaning, dependencies }, layers).text);
  assert.equal(config.Labels['cargo-boxed.dependencies'], `release ${'f'.repeat(64)}`);
  const set = ['CARGO_BUILD_BUILD_DIR=/box/target/build', 'CARGO_HOME=/box/cargo', 'SQLX_OFFLINE=true'];
  for (const variable of set) assert.ok(config.Env.includes(variable), variable);
  assert.equal(config.Env.length, new Set(config.Env.map((one: string) => one.split('=')[0])).size);
});

test('the documents name each other by sum and size', () => {
  const manifest = JSON.parse(imageManifest(meaning, { sha256: 'c'.repeat(64), sizeBytes: 7 }, layers).text);
  assert.deepEqual([manifest.config.digest, manifest.config.size], [`sha256:${'c'.repeat(64)}`, 7]);
  assert.deepEqual(
    manifest.layers.map(({ size }: { size: number }) => size),
    [1, 2],
  );
  const index = JSON.parse(imageIndex('team/env:1', meaning, { sha256: 'd'.repeat(64), sizeBytes: 9 }));
  assert.equal(index.manifests[0].annotations['org.opencontainers.image.ref.name'], '1');
  const [docker] = JSON.parse(dockerManifest('team/env:1', { sha256: 'c'.repeat(64) }, layers));
  assert.deepEqual(docker.RepoTags, ['team/env:1']);
  assert.ok(docker.Layers.every((path: string) => /^blobs\/sha256\/[0-9a-f]{64}$/.test(path)));
});

test('every difference from the lock is named', () => {
  const { text } = imageConfiguration(meaning, layers);
  const found = readConfiguration(text);
  assert.ok(found !== null);
  assert.deepEqual(differencesOf(layers, text, found), []);
  const { configuration } = found;
  const other = {
    layers: [`sha256:${'b'.repeat(64)}`, `sha256:${'f'.repeat(64)}`],
    configuration: { ...configuration, user: 'root', variables: [], labels: { ...configuration.labels, extra: 'x' } },
  };
  assert.deepEqual(differencesOf(layers, text, other), [
    `it lacks the layer with base (sha256:${'a'.repeat(64)})`,
    `it has a layer that the lock does not make (sha256:${'f'.repeat(64)})`,
    'its user is `root`, not `box`',
    'its variables are others',
    'its label extra is `x`, not ``',
  ]);
  const turned = { layers: [...found.layers].reverse(), configuration };
  assert.deepEqual(differencesOf(layers, text, turned), ['its layers are in another order']);
});

test('what is no configuration is none', () => {
  for (const text of ['', '[]', 'null', '{"rootfs": {"diff_ids": [1]}}', '{"config": {}}'])
    assert.equal(readConfiguration(text), null);
});
