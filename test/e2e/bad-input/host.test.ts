import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { identity, plainProgram, project, temporaryFolder } from '../../support/rig.ts';
import { expectProblem } from './expect-problem.ts';

const plain = plainProgram('plain', 'fn main() {}\n');

test('no docker daemon behind the socket', async (context) => {
  const made = project(context, plain);
  const variables = { DOCKER_HOST: 'unix:///nonexistent/docker.sock', CARGO_BOXED_ENGINE: 'docker' };
  expectProblem(await made.boxed(['build'], { variables }), 69, /docker/i);
});

test('a daemon that accepts and says nothing does not hang the command', async (context) => {
  const socket = join(temporaryFolder(context, 'mute'), 'docker.sock');
  const server = createServer(() => {});
  await new Promise<void>((listening) => server.listen(socket, listening));
  context.after(() => server.close());
  const made = project(context, plain);
  const variables = { DOCKER_HOST: `unix://${socket}`, CARGO_BOXED_ENGINE: 'docker' };
  expectProblem(await made.boxed(['build'], { variables, limitSeconds: 60 }), 69, /docker/i);
});

test('a remote docker is refused with a clear text', async (context) => {
  const made = project(context, plain);
  const variables = { DOCKER_HOST: 'tcp://192.0.2.1:2375', CARGO_BOXED_ENGINE: 'docker' };
  const ended = await made.boxed(['build'], { variables, limitSeconds: 30 });
  assert.ok(ended.status === 69 || ended.status === 77, ended.text);
  expectProblem(ended, ended.status, /tcp|remote/i);
});

test('a bubblewrap that cannot make namespaces is named, with what forbids them', async (context) => {
  const programs = temporaryFolder(context, 'programs');
  writeFileSync(
    join(programs, 'bwrap'),
    '#!/bin/sh\n[ "$1" = --version ] && { echo "bubblewrap 0.8.0"; exit 0; }\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
  );
  chmodSync(join(programs, 'bwrap'), 0o755);
  const made = project(context, plain);
  const variables = { PATH: `${programs}:${process.env.PATH}`, CARGO_BOXED_ENGINE: 'bwrap' };
  expectProblem(await made.boxed(['build'], { variables }), 69, /namespace|bubblewrap|bwrap/i);
});

test('a toolchain that is not installed: the exact rustup command', async (context) => {
  const made = project(context, { ...plain, 'rust-toolchain.toml': '[toolchain]\nchannel = "1.2.3"\n' });
  expectProblem(await made.boxed(['build']), 78, /rustup toolchain install 1\.2\.3/);
  expectProblem(await project(context, plain).boxed(['+1.4.0', 'build']), 78, /rustup toolchain install 1\.4\.0/);
});

test('a toolchain by path is refused', async (context) => {
  const made = project(context, { ...plain, 'rust-toolchain.toml': '[toolchain]\npath = "/tmp/evil"\n' });
  const ended = await made.boxed(['build']);
  assert.ok(ended.status === 77 || ended.status === 78, ended.text);
  expectProblem(ended, ended.status, /rust-toolchain\.toml/, /path/);
});

test('a target that is not installed: the exact rustup command', async (context) => {
  const made = project(context, {
    ...plain,
    'rust-toolchain.toml': '[toolchain]\nchannel = "stable"\ntargets = ["riscv64gc-unknown-linux-musl"]\n',
  });
  expectProblem(await made.boxed(['build']), 78, /rustup target add .*riscv64gc-unknown-linux-musl/);
});

test('a registry that cannot be reached: what was needed, and from where', async (context) => {
  const made = project(context, {
    'Cargo.toml':
      '[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = { version = "1", registry = "gone" }\n',
    '.cargo/config.toml': '[registries.gone]\nindex = "sparse+http://127.0.0.1:9/index/"\n\n[net]\nretry = 0\n',
    'src/main.rs': 'fn main() {}\n',
  });
  const ended = await made.boxed(['build'], { limitSeconds: 120 });
  assert.ok(ended.status === 75 || ended.status === 101, ended.text);
  assert.match(ended.stderr, /127\.0\.0\.1:9|gone/);
});

test('a cache folder that cannot be written', async (context) => {
  const folder = temporaryFolder(context, 'cache');
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const made = project(context, plain);
  const ended = await made.boxed(['build'], { variables: { CARGO_BOXED_HOME: join(file, 'home') } });
  expectProblem(ended, ended.status === 78 ? 78 : 74, /a-file/);
});

test('a disk that is full while a root is prepared: said, nothing half-made is used', async (context) => {
  const made = project(context, plain);
  const small = temporaryFolder(context, 'small');
  mkdirSync(join(small, 'home'));
  // A file system of 8 MB in a mount namespace of its own: an ordinary user can do that too.
  const unshare = identity === 'root' ? ['unshare', '-m'] : ['unshare', '--user', '--map-root-user', '-m'];
  const script = `mount -t tmpfs -o size=8m tmpfs ${small}/home && exec "$@"`;
  const ended = await made.boxed(['build'], {
    variables: { CARGO_BOXED_HOME: join(small, 'home'), CARGO_BOXED_ENGINE: 'bwrap' },
    prefix: [...unshare, 'sh', '-c', script, 'sh'],
    limitSeconds: 240,
  });
  assert.ok(ended.status !== 0 && ended.status !== null && ended.status !== 70, ended.text);
  expectProblem(ended, ended.status);
});
