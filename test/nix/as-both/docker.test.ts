import assert from 'node:assert/strict';
import test from 'node:test';
import { inNix } from '../../support/nixpkgs/nix-home.ts';
import { plainProgram, project } from '../../support/rig.ts';

const skip = process.env.DOCKER_HOST === undefined ? 'needs the Docker engine of `npm test`' : false;
const inDocker = () => inNix({ CARGO_BOXED_ENGINE: 'docker' });

test('the root of a Nix environment is an image for docker: the same closure, and no more of a store', {
  skip,
}, async (context) => {
  const made = project(context, plainProgram('in-docker', 'fn main() { println!("from an image of a closure"); }\n'));
  const ran = await made.boxed(['run'], inDocker());
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, 'from an image of a closure\n');
  const seen = async (options: ReturnType<typeof inNix>) => {
    const script = 'cd /nix/store && echo *; : > /nix/store/planted';
    return made.boxed(['exec', '--', 'sh', '-c', script], options);
  };
  const [docker, bwrap] = [await seen(inDocker()), await seen(inNix())];
  assert.match(docker.stdout, /-cargo-boxed-environment/, docker.text);
  assert.equal(docker.stdout, bwrap.stdout);
  assert.match(docker.stderr, /Read-only file system/);
  const listed = JSON.parse((await made.boxed(['ls', '--json'], inDocker())).stdout);
  assert.ok(listed.images.length > 0, 'one that `prune` can take away');
});

test('all attacks of the self-test are held in a box of Nix in docker', { skip }, async (context) => {
  const made = project(context, plainProgram('attacked', 'fn main() {}\n'));
  const ended = await made.boxed(['selftest', '--json'], inDocker());
  assert.equal(ended.status, 0, ended.text);
  assert.equal(JSON.parse(ended.stdout).held, true);
});
