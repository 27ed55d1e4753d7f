import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { success } from '../../../src/base/result.ts';
import { pushLayout } from '../../../src/registry/push-layout.ts';
import { readChallenge } from '../../../src/registry/read-challenge.ts';
import type { RegistryClient } from '../../../src/registry/registry-client.ts';
import { registryPlace } from '../../../src/registry/registry-place.ts';

const folder = mkdtempSync(join(tmpdir(), 'boxed-push-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'blob');
writeFileSync(file, 'x');
const image = {
  blobs: [{ holds: 'base', digest: 'sha256:1', file, sizeBytes: 1 }],
  manifest: { digest: 'sha256:2', mediaType: 'application/json', file },
};
const place = { host: 'a.test', scheme: 'https', path: 'b/c', tag: null, digest: null } as const;

/** A fake of a registry that answers each kind of question with one thing. */
function fake(location: string, kept = 'sha256:2'): { readonly client: RegistryClient; readonly asked: string[] } {
  const asked: string[] = [];
  const client: RegistryClient = {
    ask: async (method, target) => {
      asked.push(`${method} ${target}`);
      const status = { HEAD: 404, POST: 202, PUT: 201, GET: 200 }[method];
      const headers = method === 'POST' ? { location } : { 'docker-content-digest': kept };
      return success({
        status,
        headers: target.startsWith('manifests/') || method === 'POST' ? headers : {},
        body: '',
      });
    },
    close: async () => {},
  };
  return { client, asked };
}

test('a blob goes where the registry says, the manifest last and by its digest', async () => {
  const { client, asked } = fake('/v2/b/c/blobs/uploads/7?state=x');
  const pushed = await pushLayout(client, place, image, () => {});
  assert.deepEqual(pushed.ok && pushed.value.sent, ['base']);
  assert.deepEqual(asked, [
    'HEAD blobs/sha256:1',
    'POST blobs/uploads/',
    'PUT https://a.test/v2/b/c/blobs/uploads/7?state=x&digest=sha256%3A1',
    'PUT manifests/sha256:2',
  ]);
});

test('a place that is none, and a manifest that the registry has changed, are problems', async () => {
  for (const { client } of [fake(''), fake('http://['), fake('/x', 'sha256:3')])
    assert.equal((await pushLayout(client, place, image, () => {})).ok, false);
});

test('a challenge is read by its words, and nothing else is one', () => {
  assert.deepEqual(readChallenge('Bearer realm="https://a.test/t",service="s",scope="repository:b:pull,push"'), {
    kind: 'bearer',
    realm: 'https://a.test/t',
    service: 's',
    scope: 'repository:b:pull,push',
  });
  assert.deepEqual(readChallenge('Basic realm="x"'), { kind: 'basic' });
  for (const other of ['', 'Negotiate', 'Bearer', 'Bearer service="s"', `Basic ${'x'.repeat(5000)}`])
    assert.equal(readChallenge(other), null, other.slice(0, 20));
});

test('plain text goes to this machine alone, and a name without a host is in no registry', () => {
  const schemeOf = (repository: string) => {
    const read = registryPlace(repository, { tag: null, digest: null });
    return read.ok ? read.value.scheme : null;
  };
  assert.equal(schemeOf('127.0.0.1:5000/a'), 'http');
  assert.equal(schemeOf('localhost:5000/a'), 'http');
  assert.equal(schemeOf('localhost.evil.test/a'), 'https');
  assert.equal(schemeOf('127.0.0.1.evil.test/a'), 'https');
  assert.equal(schemeOf('10.0.0.1:5000/a'), 'https');
  assert.equal(schemeOf('team/a'), null);
  assert.equal(schemeOf('a'), null);
});
