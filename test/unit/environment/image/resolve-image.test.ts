import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, success } from '../../../../src/base/result.ts';
import type { ImageStore, StoredImage } from '../../../../src/environment/image/image-store.ts';
import { prepareImage, resolveImage } from '../../../../src/environment/image/resolve-image.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function image(id: string, digests: readonly string[]): StoredImage {
  return { id, digests, tags: [], operatingSystem: 'linux', architecture: 'amd64', variables: {} };
}

/** A store whose registry has some references; `asked` tells what was pulled. */
function storeWith(local: Record<string, StoredImage>, registry: Record<string, StoredImage>) {
  const asked: string[] = [];
  const here = new Map(Object.entries(local));
  const store: ImageStore = {
    inspect: async (reference) => success(here.get(reference) ?? null),
    pull: async (reference) => {
      asked.push(reference);
      const found = registry[reference];
      if (found === undefined) return failure({ code: 'environment', what: 'not found' });
      here.set(reference, found);
      return success(undefined);
    },
    read: async () => success(null),
    look: async () => success([]),
  };
  return { store, asked };
}

const ignore = () => undefined;

test('a tag is pinned by the digest of its registry, and kept for people', async () => {
  const { store, asked } = storeWith({}, { 'reg.test/rust:1': image(digest('1'), [`reg.test/rust@${digest('a')}`]) });
  const pins = await resolveImage(store, 'reg.test/rust:1', ignore);
  assert.deepEqual(pins, success({ reference: 'reg.test/rust:1', digest: digest('a') }));
  assert.deepEqual(asked, ['reg.test/rust:1']);
});

test('a reference without a tag means latest, never all tags', async () => {
  const { store, asked } = storeWith({}, {});
  await resolveImage(store, 'rust', ignore);
  assert.deepEqual(asked, ['rust:latest']);
});

test('an image that only the engine has is pinned by its content', async () => {
  const { store } = storeWith({ 'mine:1': image(digest('1'), []) }, {});
  assert.deepEqual(await resolveImage(store, 'mine:1', ignore), success({ reference: 'mine:1', digest: digest('1') }));
});

test('a registry that cannot be asked is an error, although an old tag is here', async () => {
  const { store } = storeWith({ 'rust:1': image(digest('1'), [`rust@${digest('a')}`]) }, {});
  assert.ok(!(await resolveImage(store, 'rust:1', ignore)).ok);
});

test('a moved tag changes nothing: the pinned digest is what runs', async () => {
  const evil = image(digest('6'), [`rust@${digest('e')}`]);
  const good = image(digest('1'), [`rust@${digest('a')}`]);
  const { store, asked } = storeWith({ 'rust:1': evil }, { [`rust@${digest('a')}`]: good, 'rust:1': evil });
  const prepared = await prepareImage(store, { reference: 'rust:1', digest: digest('a') }, ignore);
  assert.ok(prepared.ok);
  assert.deepEqual(prepared.value.root, { kind: 'image', id: digest('1') });
  assert.deepEqual(asked, [`rust@${digest('a')}`]);
});

test('a local image that answers to the digest without having it is not taken', async () => {
  const evil = image(digest('6'), [`rust@${digest('e')}`]);
  const { store } = storeWith({ [`rust@${digest('a')}`]: evil, [digest('a')]: evil }, {});
  assert.ok(!(await prepareImage(store, { reference: 'rust:1', digest: digest('a') }, ignore)).ok);
});

test('what is here already is not pulled', async () => {
  const good = image(digest('1'), [`rust@${digest('a')}`]);
  const { store, asked } = storeWith({ [`rust@${digest('a')}`]: good }, {});
  assert.ok((await prepareImage(store, { reference: 'rust:1', digest: digest('a') }, ignore)).ok);
  assert.deepEqual(asked, []);
});
