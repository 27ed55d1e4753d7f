import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { type Registry, startRegistry } from '../../support/registry.ts';
import { type RegistryStandIn, startRegistry as startCrates } from '../../support/registry-stand-in.ts';
import { type Project, project, type RunOptions, sharedHome, temporaryFolder } from '../../support/rig.ts';
import { rustRoot } from '../../support/small-root.ts';

// A person who has docker, no Rust at all, and an image that brings it.
let daemon: DockerDaemon;
let registry: Registry;
let crates: RegistryStandIn;
let image: string;

before(async () => {
  registry = await startRegistry();
  crates = await startCrates();
  daemon = await startDockerDaemon();
  const engine = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  const imported = await engine.importRoot({ path: rustRoot(), sha256: 'ef'.repeat(32) }, null);
  assert.ok(imported.ok, JSON.stringify(imported));
  image = `${registry.address}/team/rust:1`;
  docker('tag', imported.value, image);
  docker('push', '--quiet', image);
  await crates.publish({ name: 'leaf', version: '1.0.0', files: { 'src/lib.rs': 'pub const ANSWER: u32 = 42;\n' } });
});

after(async () => {
  await daemon.stop();
  await registry.stop();
  await crates.stop();
});

function docker(...words: string[]): void {
  execFileSync('docker', ['--host', `unix://${daemon.socket}`, ...words], { stdio: 'ignore' });
}

/** A machine with no toolchain, seen from a folder that stands for its home. */
function withoutRust(home: string): NonNullable<RunOptions['variables']> {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  return {
    ...daemon.variables,
    HOME: home,
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    RUSTUP_HOME: join(home, '.rustup'),
    CARGO_HOME: join(home, '.cargo'),
    CARGO_BOXED_HOME: sharedHome,
    CARGO_BOXED_ENGINE: 'docker',
    CARGO_BOXED_ENVIRONMENT: 'image',
    CARGO_BOXED_IMAGE: image,
    CARGO_REGISTRIES_LOCAL_INDEX: crates.index,
  };
}

const files = {
  'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n
[dependencies]\nleaf = { version = "1", registry = "local" }\n`,
  'src/main.rs': 'fn main() { println!("{}", leaf::ANSWER); }\n',
  'rust-toolchain.toml': '[toolchain]\nchannel = "1.42.0"\n',
};

test('an image that brings Rust builds a project with crates on a machine that has none', async (context) => {
  const made: Project = project(context, files);
  const variables = withoutRust(temporaryFolder(context, 'home'));
  const [limitSeconds, image] = [600, { ...variables, CARGO_BOXED_TOOLCHAIN: 'image' }];
  const ended = await made.boxed(['run', '--quiet'], { variables: image, limitSeconds });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '42\n');
  assert.match(made.read('Cargo.lock'), /name = "leaf"[\s\S]*checksum = "[0-9a-f]{64}"/);
  assert.deepEqual(readdirSync(join(variables.HOME ?? '')), ['bin'], 'nothing was made in the home');

  const offline = await made.boxed(['run', '--quiet', '--offline', '--locked'], { variables: image });
  assert.equal(offline.stdout, '42\n', offline.text);

  // The same by commands of other classes, which use other parts of what is there.
  const updated = await made.boxed(['update'], { variables: image });
  assert.equal(updated.status, 0, updated.text);
  const locked = await made.boxed(['lock'], { variables: image });
  assert.equal(locked.status, 0, locked.text);
  assert.ok(existsSync(made.path('cargo-boxed.lock')));
  const pinned = await made.boxed(['--pinned', 'build'], { variables: image });
  assert.equal(pinned.status, 0, pinned.text);
  const status = await made.boxed(['status'], { variables: image });
  assert.match(status.stdout, /toolchain +the image's own/, status.text);

  const library = await made.boxed(['build', '-Zbuild-std'], { variables: image });
  assert.equal(library.status, 77, library.text);
  assert.match(library.stderr, /build-std/);
});

test('without a toolchain, where the image’s was not asked for, the error says both ways out', async (context) => {
  const made = project(context, files);
  const ended = await made.boxed(['build'], { variables: withoutRust(temporaryFolder(context, 'home')) });
  assert.equal(ended.status, 78, ended.text);
  assert.match(ended.stderr, /rustup toolchain install 1\.42\.0/);
  assert.match(ended.stderr, /toolchain: image/);
});
