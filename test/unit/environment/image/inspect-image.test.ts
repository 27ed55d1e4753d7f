import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../../../src/base/result.ts';
import type { ImageStore, StoredImage } from '../../../../src/environment/image/image-store.ts';
import { inspectImage, judgeImage } from '../../../../src/environment/image/inspect-image.ts';

const image: StoredImage = {
  id: 'sha256:1',
  digests: [],
  tags: [],
  operatingSystem: 'linux',
  architecture: 'amd64',
  variables: { PATH: '/opt/rust/bin:/usr/bin', RUSTUP_HOME: '/opt/rustup', AWS_KEY: 'x' },
};

function holding(...files: string[]): ImageStore {
  return {
    inspect: async () => success(null),
    pull: async () => success(undefined),
    read: async (_, path) =>
      success(path === '/etc/os-release' ? Buffer.from('ID=debian\nVERSION_CODENAME=trixie\n') : null),
    look: async (_, paths) =>
      success(paths.map((path) => ({ path, kind: files.includes(path) ? ('file' as const) : ('none' as const) }))),
  };
}

async function factsOf(...files: string[]) {
  const facts = await inspectImage(holding(...files), image, 'x86_64');
  assert.ok(facts.ok);
  return facts.value;
}

test('a Rust image is known by its files; of its variables only the useful ones are taken', async () => {
  const facts = await factsOf('/opt/rust/bin/cargo', '/bin/sh', '/lib64/ld-linux-x86-64.so.2');
  assert.deepEqual(facts, {
    cargo: '/opt/rust/bin/cargo',
    shell: '/bin/sh',
    library: 'glibc',
    variables: { PATH: '/opt/rust/bin:/usr/bin', RUSTUP_HOME: '/opt/rustup' },
    system: { id: 'debian', release: 'trixie' },
  });
  assert.ok(judgeImage('rust:1', image, facts, 'image', 'x86_64').ok);
});

test('an image that cannot do it is refused with the reason', async () => {
  const said = async (files: readonly string[], toolchain: 'host' | 'image', more: Partial<StoredImage> = {}) => {
    const verdict = judgeImage('x', { ...image, ...more }, await factsOf(...files), toolchain, 'x86_64');
    assert.ok(!verdict.ok);
    return verdict.problems[0]?.what;
  };
  const glibc = '/lib64/ld-linux-x86-64.so.2';
  assert.match((await said(['/bin/sh', glibc], 'image')) ?? '', /no Rust image/);
  assert.match((await said(['/bin/sh', '/lib/ld-musl-x86_64.so.1'], 'host')) ?? '', /host’s toolchain/);
  assert.match((await said([glibc], 'host')) ?? '', /no shell/);
  assert.match((await said(['/bin/sh', glibc], 'host', { architecture: 'arm64' })) ?? '', /another machine/);
});
