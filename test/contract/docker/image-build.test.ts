import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

function docker(...words: string[]): string {
  return execFileSync('docker', ['--host', `unix://${daemon.socket}`, ...words], { encoding: 'utf8' }).trim();
}

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
