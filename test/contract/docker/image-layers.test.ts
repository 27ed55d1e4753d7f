import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createDockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { plainProgram, project, type RunningCommand, type RunOptions, sharedHome } from '../../support/rig.ts';
import { compilerRoot } from '../../support/small-root.ts';

// A project's own image, made from Debian, and layers on top of it.
let daemon: DockerDaemon;
let alpine: string;
const image = 'team/compiler:1';

before(async () => {
  daemon = await startDockerDaemon();
  const engine = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  const imported = await engine.importRoot({ path: compilerRoot(), sha256: 'ab'.repeat(32) }, null);
  assert.ok(imported.ok, JSON.stringify(imported));
  docker('tag', imported.value, image);
  alpine = changed('team/alpine:1', 'usr/lib/os-release', 'ID=alpine\nVERSION_ID=3.20.1\n');
});

after(async () => {
  assert.equal(docker('ps', '--all', '--quiet'), '');
  await daemon.stop();
});

const docker = (...words: string[]) => daemon.docker(...words);

/** The image with one file in another way. */
function changed(name: string, path: string, content: string): string {
  const made = docker('container', 'create', '--network', 'none', image, 'x');
  const folder = join(daemon.folder, 'changed');
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  docker('cp', `${folder}/.`, `${made}:/`);
  docker('commit', made, name);
  docker('rm', made);
  rmSync(folder, { recursive: true });
  return name;
}

function options(more: Readonly<Record<string, string>> = {}): RunOptions {
  return {
    variables: {
      ...daemon.variables,
      HOME: process.env.HOME,
      CARGO_BOXED_ENGINE: 'docker',
      CARGO_BOXED_IMAGE: image,
      CARGO_BOXED_HOME: sharedHome,
      ...more,
    },
    limitSeconds: 300,
  };
}

const usesZlib = {
  ...plainProgram(
    'zip',
    'extern "C" { fn zlibVersion() -> *const std::ffi::c_char; }\n' +
      'fn main() { println!("{}", unsafe { std::ffi::CStr::from_ptr(zlibVersion()) }.to_str().unwrap()); }\n',
  ),
  'build.rs': 'fn main() { println!("cargo:rustc-link-lib=z"); }\n',
};

/** The layers of an image, by their contents. */
function contents(name: string): readonly string[] {
  return JSON.parse(docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', name));
}

test('a layer is one layer on top of the pinned image: made once, without the project, for all projects', async (context) => {
  const made = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'layers: [zlib]\n' });
  const ran = await made.boxed(['run', '--quiet'], options());
  assert.equal(ran.status, 0, ran.text);
  assert.match(ran.stdout, /^1\.\d+\.\d+\n$/);
  assert.match(ran.stderr, /Installing \d+ Debian packages on top of the image/);
  const [name = ''] = docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'cargo-boxed/image').split('\n');
  assert.deepEqual(contents(name).slice(0, -1), contents(image));
  const labels = JSON.parse(docker('image', 'inspect', '--format', '{{json .Config.Labels}}', name));
  assert.deepEqual([labels['cargo-boxed.owner'], labels['cargo-boxed.id']], ['', ''], 'no box of ours');

  const other = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'packages: [zlib1g-dev]\n' }, 'other');
  const again = await other.boxed(['run', '--quiet'], options());
  assert.equal(again.status, 0, again.text);
  assert.doesNotMatch(again.stderr, /Installing/);
});

test('a build in an image shows which layer it lacks; the lock holds its packages', async (context) => {
  const made = project(context, usesZlib);
  const ran = await made.boxed(['run', '--quiet'], options());
  assert.equal(ran.status, 0, ran.text);
  assert.match(ran.stderr, /The layer zlib is added: zip looked for the library z/);
  const locked = await made.boxed(['lock'], options());
  assert.equal(locked.status, 0, locked.text);
  assert.match(locked.stdout, /with zlib: \d+ packages on top of it/);
  const { added, system } = JSON.parse(made.read('cargo-boxed.lock')).image;
  assert.deepEqual([added.layers, added.suite, system.id], [['zlib'], 'bookworm', 'debian']);
  assert.ok(added.packages.some(({ name }: { name: string }) => name === 'zlib1g-dev'));
  assert.equal((await made.boxed(['lock', '--check'], options())).status, 0);

  // The lock is enough: the image that was made can go, and the mirrors are not asked for what is here.
  for (const name of docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'cargo-boxed/image').split('\n'))
    docker('rmi', name);
  const nowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const pinned = await made.boxed(['--pinned', 'run', '--quiet'], options(nowhere));
  assert.equal(pinned.status, 0, pinned.text);

  writeFileSync(made.path('cargo-boxed.yaml'), 'layers: {use: [openssl], infer: off}\n');
  const drifted = await made.boxed(['build'], options());
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stderr, /pins the layers \[zlib\], not \[openssl, zlib\]/);
});

test('what a crate says that it needs is there before the first build; what the image has by hand is not added', async (context) => {
  const needy = (manifest: string) => ({
    ...usesZlib,
    'Cargo.toml': `[package]\nname = "zip"\nversion = "0.1.0"\nedition = "2021"\n[build-dependencies]\nsystem-deps = { path = "sys" }\n${manifest}`,
    // Only its name counts: nothing of the real one is needed.
    'sys/Cargo.toml': '[package]\nname = "system-deps"\nversion = "7.0.0"\nedition = "2021"\n',
    'sys/src/lib.rs': '',
  });
  const declares = '[package.metadata.system-deps]\nzlib = "1"\n';
  const made = project(context, needy(declares));
  const ran = await made.boxed(['run', '--quiet'], options());
  assert.equal(ran.status, 0, ran.text);
  assert.match(
    ran.stderr,
    /The layer zlib is added: zip says in its manifest that it needs the pkg-config module zlib/,
  );
  assert.doesNotMatch(ran.stderr, /Learning/);
  const byHand = changed('team/by-hand:1', 'usr/local/lib/pkgconfig/zlib.pc', 'Name: zlib\n');
  const plain = { 'build.rs': 'fn main() {}\n', 'src/main.rs': 'fn main() {}\n' };
  const other = project(context, { ...needy(declares), ...plain }, 'by-hand');
  const built = await other.boxed(['check'], options({ CARGO_BOXED_IMAGE: byHand }));
  assert.equal(built.status, 0, built.text);
  assert.doesNotMatch(built.stderr, /is added|on top of the image/);
});

test('what the image has already is not installed again', async (context) => {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'packages: [gcc]\n',
  });
  const built = await made.boxed(['build'], options());
  assert.equal(built.status, 0, built.text);
  assert.doesNotMatch(built.stderr, /Installing/);
});

test('an image of another family is named, and nothing is guessed for it', async (context) => {
  const made = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'layers: [zlib]\n' });
  const refused = await made.boxed(['build'], options({ CARGO_BOXED_IMAGE: alpine }));
  assert.equal(refused.status, 78, refused.text);
  assert.match(refused.stderr, /cannot be added to the image team\/alpine:1/);
  assert.match(refused.stderr, /it is alpine 3\.20\.1, and they are Debian's/);
  rmSync(made.path('cargo-boxed.yaml'));
  const failed = await made.boxed(['build'], options({ CARGO_BOXED_IMAGE: alpine }));
  assert.equal(failed.status, 101, failed.text);
  assert.match(failed.stderr, /The image does not have what the build looked for: the library z/);
  assert.doesNotMatch(failed.stderr, /Learning/);
});

test('packages that would take something of the image away are refused', async (context) => {
  const made = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'packages: [libelogind0]\n' });
  const refused = await made.boxed(['build'], options());
  assert.equal(refused.status, 78, refused.text);
  assert.match(refused.stderr, /exclude what is there already[\s\S]*they would remove .*libsystemd0/);
});

test('killed in the middle: no image has the name, and the next command takes the container away', async (context) => {
  const made = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'layers: [zlib, sqlite, openssl]\n' });
  const killed = options();
  let running: RunningCommand | undefined;
  const onStart = (command: RunningCommand) => {
    running = command;
  };
  const ended = made.boxed(['build'], { ...killed, onStart });
  while (!docker('ps', '--no-trunc', '--format', '{{.Command}}').includes('/mnt/install')) await delay(50);
  const [left = ''] = docker('ps', '--quiet').split('\n');
  const before = docker('images', '--quiet', 'cargo-boxed/image');
  running?.kill('SIGKILL');
  await ended;
  assert.equal(docker('images', '--quiet', 'cargo-boxed/image'), before);
  assert.equal(docker('ps', '--all', '--quiet', '--filter', `id=${left}`), left);
  const built = await made.boxed(['build'], killed);
  assert.equal(built.status, 0, built.text);
  assert.equal(docker('ps', '--all', '--quiet', '--filter', `id=${left}`), '');
});

test('images of ours are listed, and go when they were not used for a month', async (context) => {
  const made = project(context, { ...usesZlib, 'cargo-boxed.yaml': 'layers: [zlib, openssl]\n' });
  assert.equal((await made.boxed(['build'], options())).status, 0);
  const listed = JSON.parse((await made.boxed(['ls', '--json'], options())).stdout);
  const [, id = ''] = docker('images', '--no-trunc', '--format', '{{.ID}}', 'cargo-boxed/image').match(/^(\S+)/) ?? [];
  assert.ok(
    listed.images.some((one: { id: string }) => one.id === id),
    JSON.stringify(listed.images),
  );
  const old = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);
  utimesSync(join(sharedHome, 'cache/images', id.slice('sha256:'.length)), old, old);
  const pruned = await made.boxed(['prune'], options());
  assert.equal(pruned.status, 0, pruned.text);
  assert.ok(pruned.stdout.includes(`Deleted the image ${id.slice(7, 19)}\n`), pruned.text);
  assert.ok(!docker('images', '--all', '--no-trunc', '--quiet').includes(id));
  assert.ok(docker('images', '--quiet', image) !== '', 'what a person has pulled stays');
});
