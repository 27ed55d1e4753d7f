import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { plainProgram, project, projectIn } from '../support/rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'boxed-image-'));
/** A project with a lock, and with the layout of its image in `one`: gigabytes, so all tests share them. */
const made = projectIn(join(folder, 'project'));
let first: Built;

before(async () => {
  const files = { ...plainProgram('plain', 'fn main() {}\n'), 'cargo-boxed.yaml': 'layers: [bzip2]\n' };
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  const ended = await made.boxed(['lock']);
  assert.equal(ended.status, 0, ended.text);
  first = await build('oci:one');
});

after(() => rmSync(folder, { recursive: true, force: true }));

interface Built {
  readonly id: string;
  readonly manifest: string;
  readonly layers: readonly { readonly holds: string; readonly sha256: string }[];
  readonly written: readonly string[];
}

async function build(output: string): Promise<Built> {
  const ended = await made.boxed(['image', 'build', '--output', output, '--json']);
  assert.equal(ended.status, 0, ended.text);
  return JSON.parse(ended.stdout);
}

test('equal locks make equal images; what somebody has touched is written anew', async () => {
  assert.deepEqual(
    first.layers.map(({ holds }) => holds.replace(/ \d.*/, '')),
    ['base', 'toolchain', 'layer bzip2', 'state'],
  );
  const again = await build('oci:one');
  assert.deepEqual([again.id, again.manifest, again.written], [first.id, first.manifest, []]);
  const other = await build('oci:two');
  assert.deepEqual([other.id, other.manifest], [first.id, first.manifest]);
  for (const path of ['index.json', 'manifest.json', 'oci-layout'])
    assert.equal(made.read(`one/${path}`), made.read(`two/${path}`));

  const state = made.path('two/blobs/sha256', first.layers.at(-1)?.sha256 ?? '');
  chmodSync(state, 0o644);
  truncateSync(state, 10);
  const mended = await build('oci:two');
  assert.equal(mended.id, first.id);
  assert.ok(lstatSync(state).size > 1000);
  assert.ok(mended.written.includes('state'));
});

test('an archive of the image is one file, the same each time', async () => {
  for (const name of ['a.tar', 'b.tar']) assert.equal((await build(`tar:${name}`)).id, first.id);
  execFileSync('cmp', [made.path('a.tar'), made.path('b.tar')]);
  for (const name of ['a.tar', 'b.tar']) rmSync(made.path(name));
});

test('a bill of materials stands beside it, and names what is in it', async () => {
  for (const [format, file] of [
    ['cyclonedx', 'one.cdx.json'],
    ['spdx', 'one.spdx.json'],
  ] as const) {
    const ended = await made.boxed(['image', 'build', '--output', 'oci:one', '--sbom', format]);
    assert.equal(ended.status, 0, ended.text);
    assert.ok(ended.stdout.includes(`Bill of materials in ${made.path(file)}\n`), ended.text);
    assert.match(made.read(file), /pkg:deb\/debian\/libbz2-dev@1\.0\.8-[^"]*arch=amd64&distro=bookworm/);
  }
  renameSync(made.path('Cargo.lock'), made.path('kept.lock'));
  const without = await made.boxed(['image', 'build', '--output', 'oci:one', '--sbom', 'spdx']);
  assert.equal(without.status, 65, without.text);
  assert.match(without.stderr, /no Cargo\.lock[\s\S]*generate-lockfile/);
  renameSync(made.path('kept.lock'), made.path('Cargo.lock'));
  const odd = await made.boxed(['image', 'build', '--sbom', 'html']);
  assert.equal(odd.status, 64, odd.text);
});

test('without a lock, with an old one, or in another environment there is no image', async (context) => {
  const plain = project(context, plainProgram('plain', 'fn main() {}\n'));
  const none = await plain.boxed(['image', 'build']);
  assert.equal(none.status, 65, none.text);
  assert.match(none.stderr, /has no cargo-boxed\.lock[\s\S]*cargo-boxed lock/);
  assert.ok(!existsSync(plain.path('target/boxed-image')));
  const image = await plain.boxed(['--environment', 'image', '--image', 'a:1', 'image', 'build']);
  assert.equal(image.status, 78, image.text);
  assert.match(image.stderr, /no image of the `image` environment/);
});

test('other people’s folders, links of the project and wrong words are refused', async () => {
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

test('another layer moves its own part and the state', async () => {
  writeFileSync(made.path('cargo-boxed.yaml'), 'layers: [bzip2, acl]\n');
  assert.equal((await made.boxed(['lock'])).status, 0);
  const more = await build('oci:one');
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
