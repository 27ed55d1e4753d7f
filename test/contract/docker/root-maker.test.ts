import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DebianHost } from '../../../src/environment/debian/debian-host.ts';
import { prepareDebianRoot } from '../../../src/environment/debian/prepare-root.ts';
import { locations } from '../../../src/host/locations.ts';
import type { DebianPins } from '../../../src/lock/pins.ts';
import { readPins } from '../../../src/lock/read-pins.ts';
import { expectProblem } from '../../e2e/bad-input/expect-problem.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { type Registry, startRegistry } from '../../support/registry.ts';
import { plainProgram, project } from '../../support/rig.ts';
import { smallRoot } from '../../support/small-root.ts';
import { withoutDebianTools } from '../../support/without-debian-tools.ts';

// A machine with a docker engine and without any of Debian's tools: they are hidden from the command, which gets its
// Debian image from a registry, by digest.

const folder = mkdtempSync(join(tmpdir(), 'boxed-root-maker-'));
const script = new URL('../../support/make-a-root.ts', import.meta.url).pathname;
let daemon: DockerDaemon;
let registry: Registry;
let image = '';
let pins: MadePins;

before(async () => {
  registry = await startRegistry();
  daemon = await startDockerDaemon();
  image = `${registry.address}/debian:bookworm`;
  execFileSync('sh', ['-c', `tar -C "$1" -c . | docker import - ${image}`, 'sh', smallRoot()], {
    env: { ...process.env, ...daemon.variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  docker('push', '--quiet', image);
  docker('rmi', image);
});

after(async () => {
  await daemon.stop();
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

function docker(...words: string[]): string {
  return execFileSync('docker', words, { encoding: 'utf8', env: { ...process.env, ...daemon.variables } }).trim();
}

/** Starts the command on a machine without Debian's tools. */
function start(home: string) {
  const argv = [...withoutDebianTools, process.execPath, '--import', 'tsx', script];
  const [program = '', ...rest] = [...argv, join(folder, home), `unix://${daemon.socket}`, image];
  mkdirSync(join(folder, home), { recursive: true });
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return { child, said, ended };
}

interface MadePins {
  readonly base: DebianPins;
  readonly added: DebianPins;
}

async function made(home: string): Promise<MadePins> {
  const { said, ended } = start(home);
  assert.equal(await ended, 0, said.stderr);
  return JSON.parse(said.stdout) as MadePins;
}

test('a root made in a container is byte for byte the one that this machine makes, with packages added too', async () => {
  pins = await made('container');
  const host: DebianHost = {
    locations: locations({ CARGO_BOXED_HOME: join(folder, 'host') }),
    variables: process.env,
    forbidden: [],
    onProgress: () => undefined,
    snapshotMirror: null,
  };
  const sums = [pins.base.rootSha256, pins.added.rootSha256];
  for (const wanted of [pins.base, pins.added]) {
    const here = await prepareDebianRoot(host, wanted);
    assert.equal(here.ok && here.value.sha256, wanted.rootSha256, JSON.stringify(here));
  }
  assert.notEqual(sums[0], sums[1]);
  assert.deepEqual(readdirSync(join(folder, 'container/cache/roots')), [...sums].sort());
  assert.equal(docker('ps', '--all', '--quiet'), '');
});

test('the image is pinned by digest, and its tools by their sums', () => {
  const kept = readPins(join(folder, 'container/data/default/maker.lock'));
  const maker = kept.ok ? kept.value?.maker : undefined;
  assert.ok(maker !== undefined, JSON.stringify(kept));
  const digests = docker('image', 'inspect', '--format', '{{join .RepoDigests " "}}', image);
  assert.ok(digests.endsWith(`@${maker.digest}`), digests);
  assert.ok(maker.packages.some(({ name, sha256 }) => name === 'mmdebstrap' && /^[0-9a-f]{64}$/.test(sha256)));
});

test('killed in the middle: nothing half-made is kept, and the next command takes the container away', async () => {
  cpSync(join(folder, 'container/cache/debs'), join(folder, 'killed/cache/debs'), { recursive: true });
  cpSync(join(folder, 'container/data'), join(folder, 'killed/data'), { recursive: true });
  const first = start('killed');
  while (!docker('ps', '--no-trunc', '--format', '{{.Command}}').includes('/maker/make')) {
    assert.equal(first.child.exitCode, null, first.said.stderr);
    await delay(100);
  }
  const [left] = docker('ps', '--quiet').split('\n');
  first.child.kill('SIGKILL');
  await first.ended;
  assert.ok(!existsSync(join(folder, 'killed/cache/roots')));
  assert.equal(docker('ps', '--quiet', '--filter', `id=${left}`), left);
  assert.deepEqual(await made('killed'), pins);
  assert.equal(docker('ps', '--all', '--quiet'), '');
  assert.equal(docker('volume', 'ls', '--quiet'), '');
  const scratch = ['/dev/shm', tmpdir(), '/var/tmp', '/tmp'].flatMap((place) =>
    readdirSync(place).filter((name) => name.startsWith(`cargo-boxed-root-0-${first.child.pid}-`)),
  );
  assert.deepEqual(scratch, []);
});

test('doctor says which way is used; without an engine too, a build says what to install', async (context) => {
  const plain = project(context, plainProgram('plain', 'fn main() {}\n'));
  const variables = { DOCKER_HOST: `unix://${daemon.socket}`, CARGO_BOXED_HOME: join(folder, 'doctor') };
  const asked = await plain.boxed(['doctor'], { prefix: withoutDebianTools, variables });
  assert.match(asked.stdout, /^ok +debian root +made in a container .*mmdebstrap is not installed/m, asked.text);
  const alone = { ...variables, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  const refused = await plain.boxed(['--engine', 'bwrap', 'build'], { prefix: withoutDebianTools, variables: alone });
  expectProblem(
    refused,
    refused.status ?? 0,
    /mmdebstrap is not installed/,
    /apt-get install mmdebstrap/,
    /Docker engine/,
  );
  assert.notEqual(refused.status, 0);
});
