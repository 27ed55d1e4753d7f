import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDockerEngine, type DockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import type { ImageStore } from '../../../src/environment/image/image-store.ts';
import { inspectImage } from '../../../src/environment/image/inspect-image.ts';
import { prepareImage, resolveImage } from '../../../src/environment/image/resolve-image.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { type Registry, startRegistry } from '../../support/registry.ts';
import { smallRoot } from '../../support/small-root.ts';

let daemon: DockerDaemon;
let registry: Registry;
let engine: DockerEngine;
let store: ImageStore;
let rootId: string;
const ignore = () => undefined;

before(async () => {
  registry = await startRegistry();
  daemon = await startDockerDaemon();
  engine = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  const imported = await engine.importRoot({ path: smallRoot(), sha256: 'cd'.repeat(32) }, null);
  assert.ok(imported.ok, JSON.stringify(imported));
  rootId = imported.value;
  const images = await engine.images();
  assert.ok(images.ok);
  store = images.value;
});

after(async () => {
  assert.equal(docker('ps', '--all', '--quiet'), '');
  await daemon.stop();
  await registry.stop();
});

const docker = (...words: string[]) => daemon.docker(...words);

/** Pushes the root under a name with a label that makes it another image, and forgets it here. */
function push(name: string, label: string): void {
  const made = docker('container', 'create', '--network', 'none', rootId, 'x');
  docker('commit', '--change', `LABEL which=${label}`, '--change', 'ENV PATH=/usr/bin:/bin SECRET=1', made, name);
  docker('rm', made);
  docker('push', '--quiet', name);
  docker('rmi', name);
}

test('a tag is pulled with progress, pinned by digest, and prepared by digest when the tag has moved', async () => {
  const name = `${registry.address}/team/rust:1`;
  push(name, 'good');
  let lines = 0;
  const pins = await resolveImage(store, name, () => {
    lines++;
  });
  assert.ok(pins.ok, JSON.stringify(pins));
  assert.ok(lines > 0);
  assert.match(pins.value.digest, /^sha256:[0-9a-f]{64}$/);
  docker('rmi', name);
  push(name, 'evil');
  docker('pull', '--quiet', name);
  const prepared = await prepareImage(store, pins.value, ignore);
  assert.ok(prepared.ok, JSON.stringify(prepared));
  assert.equal(docker('inspect', '--format', '{{.Config.Labels.which}}', prepared.value.image.id), 'good');
});

test('a local image retagged over the pinned name is not taken', async () => {
  const name = `${registry.address}/team/other:1`;
  push(name, 'good');
  const pins = await resolveImage(store, name, ignore);
  assert.ok(pins.ok);
  docker('rmi', name);
  docker('tag', rootId, name);
  const prepared = await prepareImage(store, pins.value, ignore);
  assert.ok(prepared.ok);
  assert.notEqual(prepared.value.image.id, rootId);
});

test('an image of this machine alone is pinned by its content', async () => {
  docker('tag', rootId, 'only-here:1');
  const pins = await resolveImage(store, 'only-here:1', ignore);
  assert.deepEqual(pins, { ok: true, value: { reference: 'only-here:1', digest: rootId } });
  const prepared = await prepareImage(store, { reference: 'only-here:1', digest: rootId }, ignore);
  assert.ok(prepared.ok);
  assert.equal(prepared.value.image.id, rootId);
});

test('an image that is nowhere is an error with the registry’s own words', async () => {
  const missing = await resolveImage(store, `${registry.address}/no/such:1`, ignore);
  assert.ok(!missing.ok);
  assert.match(missing.problems[0]?.why ?? '', /not found|manifest unknown/);
  const gone = await prepareImage(store, { reference: 'x:1', digest: `sha256:${'0'.repeat(64)}` }, ignore);
  assert.ok(!gone.ok);
});

test('what is in an image is seen without running it', async () => {
  const image = await store.inspect(rootId);
  assert.ok(image.ok && image.value !== null);
  const facts = await inspectImage(store, image.value, process.arch === 'arm64' ? 'aarch64' : 'x86_64');
  assert.ok(facts.ok, JSON.stringify(facts));
  assert.deepEqual([facts.value.cargo, facts.value.shell, facts.value.library], [null, '/bin/sh', 'glibc']);
});
