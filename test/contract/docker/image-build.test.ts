import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, utimesSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { plainProgram, project, type RunOptions } from '../../support/rig.ts';

// What other programs make of our image: the Docker engine, and skopeo.
let daemon: DockerDaemon;

before(async () => {
  daemon = await startDockerDaemon();
});

after(async () => {
  await daemon.stop();
});

const docker = (...words: string[]) => daemon.docker(...words);

test('an engine has the image by its own name, and cargo builds in it: without a network, as an ordinary user', async (context) => {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() { println!("built in it"); }\n'),
    'cargo-boxed.yaml': 'layers: [bzip2]\n',
  });
  const options: RunOptions = {
    variables: { ...daemon.variables, HOME: process.env.HOME, CARGO_BOXED_ENGINE: 'bwrap' },
    limitSeconds: 300,
  };
  assert.equal((await made.boxed(['lock'], options)).status, 0);
  const loaded = await made.boxed(['image', 'build', '--output', 'docker:team/env:1', '--json'], options);
  assert.equal(loaded.status, 0, loaded.text);
  const { id } = JSON.parse(loaded.stdout);
  assert.equal(docker('image', 'inspect', '--format', '{{.Id}}', 'team/env:1'), id, 'the digest of the configuration');
  const inside = 'id -un && pkg-config --version > /dev/null && test -e /usr/include/bzlib.h && cargo run --quiet';
  const run = ['run', '--rm', '--network', 'none', '--cap-drop', 'ALL', '--volume', `${made.folder}:/box/project:ro`];
  const said = docker(...run, '--env', 'CARGO_TARGET_DIR=/box/target/out', 'team/env:1', 'sh', '-c', inside);
  assert.deepEqual(said.split('\n'), ['box', 'built in it']);

  const checked = await made.boxed(['image', 'check', 'team/env:1'], options);
  assert.equal(checked.status, 0, checked.text);
  const changed = docker('container', 'create', '--network', 'none', 'team/env:1', 'x');
  docker('commit', '--change', 'USER root', changed, 'team/env:2');
  docker('rm', changed);
  const differs = await made.boxed(['image', 'check', 'team/env:2'], options);
  assert.equal(differs.status, 65, differs.text);
  assert.match(differs.stdout, /its user is `root`, not `box`/);
  const gone = await made.boxed(['image', 'check', 'team/env:3'], options);
  assert.equal(gone.status, 78, gone.text);

  // The layout and its archive, as others read them.
  const layout = JSON.parse((await made.boxed(['image', 'build', '--output', 'oci:out', '--json'], options)).stdout);
  assert.equal(layout.id, id);
  const seen = JSON.parse(
    execFileSync('skopeo', ['inspect', '--config', `oci:${made.path('out')}`], { encoding: 'utf8' }),
  );
  assert.equal(seen.config.User, 'box');
  const copied = made.path('copied');
  execFileSync('skopeo', ['copy', '--quiet', `oci:${made.path('out')}`, `dir:${copied}`]);
  docker('rmi', 'team/env:1', 'team/env:2');
  assert.equal((await made.boxed(['image', 'build', '--output', 'tar:env.tar'], options)).status, 0);
  docker('load', '--quiet', '--input', made.path('env.tar'));
  assert.equal(docker('images', '--no-trunc', '--quiet', 'cargo-boxed/environment'), id);
});

test('an image with the crates of Cargo.lock, and with them compiled, builds without fetching or compiling them, is the same each time, and is compared with them', async (context) => {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() { println!("{}", itoa::Buffer::new().format(7)); }\n'),
    // One with a build script, too.
    'Cargo.toml':
      '[package]\nname = "plain"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "1"\n[dev-dependencies]\nanyhow = "1"\n',
  });
  const options: RunOptions = {
    variables: { ...daemon.variables, HOME: process.env.HOME, CARGO_BOXED_ENGINE: 'bwrap' },
    limitSeconds: 300,
  };
  const dataOf = async (...words: string[]) => {
    const ended = await made.boxed([...words, '--json'], options);
    assert.equal(ended.status, 0, ended.text);
    return JSON.parse(ended.stdout);
  };
  rmSync(made.path('Cargo.lock'));
  assert.equal((await made.boxed(['update', 'itoa'], options)).status, 0);
  assert.equal((await made.boxed(['update', 'itoa', '--precise', '1.0.15'], options)).status, 0);
  assert.equal((await made.boxed(['lock'], options)).status, 0);
  const compiled = await dataOf('image', 'build', '--with-deps', '--output', 'docker:team/deps:1');
  assert.deepEqual(
    compiled.layers.slice(-2).map(({ holds }: { holds: string }) => holds),
    ['crates', 'dependencies dev'],
  );
  // As old as can be: cargo must not take what was compiled of an empty stand-in for it.
  utimesSync(made.path('src/main.rs'), 0, 0);
  const run = ['run', '--rm', '--network', 'none', '--cap-drop', 'ALL', '--volume', `${made.folder}:/box/project:ro`];
  const inside = (words: string, ...more: string[]) => {
    const command = words.replaceAll('cargo', 'cargo --offline --locked');
    return docker(...run, ...more, 'team/deps:1', 'sh', '-c', `(${command}) 2>&1`);
  };
  const compiles = (said: string) => [...new Set(said.match(/(?<=Compiling )\S+/g))].sort();
  const built = inside('cargo run && cargo test --no-run', '--user', '12345:12345');
  assert.match(built, /^7$/m);
  assert.deepEqual(compiles(built), ['plain']);
  assert.deepEqual(compiles(inside('cargo build --release')), ['itoa', 'plain'], 'from the crates');
  assert.equal((await made.boxed(['image', 'check', 'team/deps:1'], options)).status, 0);
  docker('rmi', 'team/deps:1');
  // From nothing once more: what these compile to is the same.
  assert.equal((await made.boxed(['reset'], options)).status, 0);
  const again = await dataOf('image', 'build', '--with-deps', '--output', 'oci:out');
  assert.deepEqual([again.id, again.manifest], [compiled.id, compiled.manifest]);

  const without = await dataOf('image', 'build', '--output', 'oci:out');
  assert.deepEqual(without.written, []);
  assert.equal(without.layers.length, compiled.layers.length - 2);
  const uncompiled = await dataOf('image', 'build', '--with-crates', '--output', 'oci:out');
  assert.deepEqual(uncompiled.layers, compiled.layers.slice(0, -1));
  assert.equal((await made.boxed(['image', 'check', 'oci:out'], options)).status, 0);
  assert.equal((await made.boxed(['update', 'itoa'], options)).status, 0);
  const differs = await made.boxed(['image', 'check', 'oci:out'], options);
  assert.equal(differs.status, 65, differs.text);
  assert.match(differs.stdout, /lacks the layer with crates[\s\S]*its label cargo-boxed\.crates/);
});
