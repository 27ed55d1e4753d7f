import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Project, plainProgram, project } from '../support/rig.ts';

/** A project with a lock, and the image of that. */
async function locked(context: TestContext, configuration = 'layers: [bzip2]\n'): Promise<Project> {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': configuration,
  });
  const ended = await made.boxed(['lock']);
  assert.equal(ended.status, 0, ended.text);
  return made;
}

interface Built {
  readonly id: string;
  readonly manifest: string;
  readonly layers: readonly { readonly holds: string; readonly sha256: string }[];
  readonly written: readonly string[];
}

async function build(made: Project, output: string): Promise<Built> {
  const ended = await made.boxed(['image', 'build', '--output', output, '--json']);
  assert.equal(ended.status, 0, ended.text);
  return JSON.parse(ended.stdout);
}

test('equal locks make equal images; another layer moves its own part and the state', async (context) => {
  const made = await locked(context);
  const first = await build(made, 'oci:one');
  assert.deepEqual(
    first.layers.map(({ holds }) => holds.replace(/ \d.*/, '')),
    ['base', 'toolchain', 'layer bzip2', 'state'],
  );
  const again = await build(made, 'oci:one');
  assert.deepEqual([again.id, again.manifest, again.written], [first.id, first.manifest, []]);
  const other = await build(made, 'oci:two');
  assert.deepEqual([other.id, other.manifest], [first.id, first.manifest]);
  for (const path of ['index.json', 'manifest.json', 'oci-layout'])
    assert.equal(made.read(`one/${path}`), made.read(`two/${path}`));

  writeFileSync(made.path('cargo-boxed.yaml'), 'layers: [bzip2, acl]\n');
  assert.equal((await made.boxed(['lock'])).status, 0);
  const more = await build(made, 'oci:one');
  assert.deepEqual(more.written, ['layer acl', 'state']);
  const sums = new Set(more.layers.map(({ sha256 }) => sha256));
  for (const { holds, sha256 } of first.layers) assert.equal(sums.has(sha256), holds !== 'state', holds);
  const blobs = readdirSync(made.path('one/blobs/sha256'));
  assert.equal(blobs.length, more.layers.length + 2, 'layers, configuration and manifest, and nothing of before');

  const checked = await made.boxed(['image', 'check', 'oci:one']);
  assert.equal(checked.status, 0, checked.text);
  const differs = await made.boxed(['image', 'check', 'oci:two', '--json']);
  assert.equal(differs.status, 65, differs.text);
  const { differences } = JSON.parse(differs.stdout);
  assert.ok(
    differences.some((line: string) => /lacks the layer with layer acl/.test(line)),
    differs.stdout,
  );
});

test('a layout that somebody has touched is written anew', async (context) => {
  const made = await locked(context, '');
  const { id, layers } = await build(made, 'oci:out');
  const state = made.path('out/blobs/sha256', layers.at(-1)?.sha256 ?? '');
  chmodSync(state, 0o644);
  truncateSync(state, 10);
  const again = await build(made, 'oci:out');
  assert.equal(again.id, id);
  assert.ok(lstatSync(state).size > 1000);
  assert.ok(again.written.includes('state'));
});

test('an archive of the image is one file, the same each time', async (context) => {
  const made = await locked(context, '');
  const first = await build(made, 'tar:a.tar');
  const second = await build(made, 'tar:b.tar');
  assert.equal(first.id, second.id);
  assert.ok(readFileSync(made.path('a.tar')).equals(readFileSync(made.path('b.tar'))));
});

test('a bill of materials stands beside it, and names what is in it', async (context) => {
  const made = await locked(context);
  for (const [format, file] of [
    ['cyclonedx', 'out.cdx.json'],
    ['spdx', 'out.spdx.json'],
  ] as const) {
    const ended = await made.boxed(['image', 'build', '--output', 'oci:out', '--sbom', format]);
    assert.equal(ended.status, 0, ended.text);
    assert.ok(ended.stdout.includes(`Bill of materials in ${made.path(file)}\n`), ended.text);
    assert.match(made.read(file), /pkg:deb\/debian\/libbz2-dev@1\.0\.8-[^"]*arch=amd64&distro=bookworm/);
  }
  rmSync(made.path('Cargo.lock'));
  const without = await made.boxed(['image', 'build', '--output', 'oci:out', '--sbom', 'spdx']);
  assert.equal(without.status, 65, without.text);
  assert.match(without.stderr, /no Cargo\.lock[\s\S]*generate-lockfile/);
  const odd = await made.boxed(['image', 'build', '--sbom', 'html']);
  assert.equal(odd.status, 64, odd.text);
});

test('without a lock, with an old one, or in another environment there is no image', async (context) => {
  const made = project(context, plainProgram('plain', 'fn main() {}\n'));
  const none = await made.boxed(['image', 'build']);
  assert.equal(none.status, 65, none.text);
  assert.match(none.stderr, /has no cargo-boxed\.lock[\s\S]*cargo-boxed lock/);
  assert.ok(!existsSync(made.path('target/boxed-image')));
  const image = await made.boxed(['--environment', 'image', '--image', 'a:1', 'image', 'build']);
  assert.equal(image.status, 78, image.text);
  assert.match(image.stderr, /no image of the `image` environment/);
});

test('other people’s folders, links of the project and wrong words are refused', async (context) => {
  const made = await locked(context, '');
  const outside = join(made.folder, '..', 'outside');
  symlinkSync(outside, made.path('link'));
  const cases = [
    [['image', 'build', '--output', 'oci:src'], 78, /other files in it/],
    [['image', 'build', '--output', 'oci:Cargo.toml'], 78, /it is no folder/],
    [['image', 'build', '--output', 'oci:link/deep'], 78, /through a link of the project/],
    [['image', 'build', '--output', 'tar:link'], 78, /through a link of the project/],
    [['image', 'build', '--output', 'zip:a'], 64, /cannot go to `zip:a`/],
    [['image'], 64, /`image` lacks a word/],
    [['image', 'check'], 64, /lacks an image/],
    [['image', 'check', 'oci:nowhere'], 78, /holds no image that can be read/],
  ] as const;
  for (const [words, status, said] of cases) {
    const ended = await made.boxed(words);
    assert.equal(ended.status, status, ended.text);
    assert.match(ended.stderr, said);
  }
  assert.ok(!existsSync(outside));
  assert.deepEqual(readdirSync(made.path('src')), ['main.rs']);
});

test('an archive that is killed in the middle has no name of its own, and what is left of it goes with the next build', async (context) => {
  const made = await locked(context, '');
  await build(made, 'oci:target/boxed-image');
  const halves = () => readdirSync(made.folder).filter((name) => name.startsWith('.cargo-boxed-'));
  let killed = false;
  const ended = await made.boxed(['image', 'build', '--output', 'tar:env.tar'], {
    onStart: (running) => {
      const look = setInterval(() => {
        if (killed || halves().length === 0) return;
        killed = true;
        clearInterval(look);
        running.kill('SIGKILL');
      }, 5);
      context.after(() => clearInterval(look));
    },
  });
  assert.equal(killed, true, ended.text);
  assert.equal(ended.signal, 'SIGKILL');
  assert.equal(existsSync(made.path('env.tar')), false);
  assert.equal(halves().length, 1);
  assert.equal((await made.boxed(['build'])).status, 0);
  assert.deepEqual(halves(), []);
});
